/* Two C11 mutexes in two orders, by C11 threads.
 * verdict: finding locks=lock_a,lock_b
 * cases: plain recursive timed */
#include <threads.h>
#include "tests/prove/prove.h"

static mtx_t lock_a, lock_b;
static long sum; /* protected by both */

static int a_then_b(void *unused)
{
    (void)unused;
    must_be(mtx_lock(&lock_a) == thrd_success, "mtx_lock");
    must_be(mtx_lock(&lock_b) == thrd_success, "mtx_lock");
    sum += 1;
    must_be(mtx_unlock(&lock_b) == thrd_success, "mtx_unlock");
    must_be(mtx_unlock(&lock_a) == thrd_success, "mtx_unlock");
    return 0;
}

static int b_then_a(void *unused)
{
    (void)unused;
    thrd_sleep(&(struct timespec){.tv_nsec = APART_MS * 1000000L}, NULL);
    must_be(mtx_lock(&lock_b) == thrd_success, "mtx_lock");
    must_be(mtx_lock(&lock_a) == thrd_success, "mtx_lock");
    sum += 2;
    must_be(mtx_unlock(&lock_a) == thrd_success, "mtx_unlock");
    must_be(mtx_unlock(&lock_b) == thrd_success, "mtx_unlock");
    return 0;
}

int main(int argc, char **argv)
{
    int kind = is_case(argc, argv, "recursive") ? mtx_plain | mtx_recursive
               : is_case(argc, argv, "timed")   ? mtx_timed
                                                : mtx_plain;
    thrd_t threads[2];

    must_be(mtx_init(&lock_a, kind) == thrd_success, "mtx_init");
    must_be(mtx_init(&lock_b, kind) == thrd_success, "mtx_init");
    must_be(thrd_create(&threads[0], a_then_b, NULL) == thrd_success, "thrd_create");
    must_be(thrd_create(&threads[1], b_then_a, NULL) == thrd_success, "thrd_create");
    must_be(thrd_join(threads[0], NULL) == thrd_success, "thrd_join");
    must_be(thrd_join(threads[1], NULL) == thrd_success, "thrd_join");
    return finish(sum, 3);
}
