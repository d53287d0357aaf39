/* C11 threads: the first is joined before the second is created. One ends by thrd_exit.
 * verdict: clean dismissed=ordered */
#include "tests/programs/c11_support.h"

static mtx_t lock_a, lock_b;

static int a_then_b(void *unused)
{
    (void)unused;
    nest_c11(&lock_a, &lock_b);
    thrd_exit(3);
}

static int b_then_a(void *unused)
{
    (void)unused;
    nest_c11(&lock_b, &lock_a);
    return 4;
}

int main(void)
{
    thrd_t thread;
    int first, second;

    mtx_init(&lock_a, mtx_plain);
    mtx_init(&lock_b, mtx_plain);
    must_be(thrd_create(&thread, a_then_b, NULL) == thrd_success, "thrd_create");
    must_be(thrd_join(thread, &first) == thrd_success, "thrd_join");
    must_be(thrd_create(&thread, b_then_a, NULL) == thrd_success, "thrd_create");
    must_be(thrd_join(thread, &second) == thrd_success, "thrd_join");
    printf("%d %d\n", first, second);
    return 0;
}
