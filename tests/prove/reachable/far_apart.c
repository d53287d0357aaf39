/* One thread is long past its section when the other one begins: as many milliseconds as told.
 * verdict: finding locks=lock_a,lock_b
 * cases: 120 500 */
#include "tests/prove/prove.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by both */

static void a_then_b(void)
{
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
}

static void b_then_a(void)
{
    lock(&lock_b);
    lock(&lock_a);
    sum += 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(int argc, char **argv)
{
    static const body_function bodies[] = {a_then_b, b_then_a};

    must_be(argc == 2, "the one argument is a time in milliseconds");
    run_apart(atoi(argv[1]), bodies, 2);
    return finish(sum, 3);
}
