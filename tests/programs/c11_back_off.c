/* C11 mutexes in both orders, but one thread tries its second, another waits only for a time.
 * verdict: clean dismissed=trylock,timed */
#include "tests/programs/c11_support.h"

static mtx_t lock_a, lock_b, lock_c;

static void a_then_try_b(void)
{
    mtx_lock(&lock_a);
    must_be(mtx_trylock(&lock_b) == thrd_success, "try lock_b");
    mtx_unlock(&lock_b);
    mtx_unlock(&lock_a);
}

static void a_then_c_for_a_time(void)
{
    struct timespec when = seconds_from_now(CLOCK_REALTIME, 10);

    mtx_lock(&lock_a);
    must_be(mtx_timedlock(&lock_c, &when) == thrd_success, "lock_c in time");
    mtx_unlock(&lock_c);
    mtx_unlock(&lock_a);
}

static void others_then_a(void)
{
    nest_c11(&lock_b, &lock_a);
    nest_c11(&lock_c, &lock_a);
}

int main(void)
{
    mtx_init(&lock_a, mtx_plain);
    mtx_init(&lock_b, mtx_plain);
    mtx_init(&lock_c, mtx_timed);
    RUN_IN_TURN_C11(a_then_try_b, a_then_c_for_a_time, others_then_a);
    puts("done");
    return 0;
}
