/* As condition_reacquire, with C11 conditions, plain and timed.
 * verdict: finding locks=lock_a,lock_b
 * verdict: finding locks=lock_a,lock_c
 * verdict: dismissed=any
 * step: holds=lock_a requests=lock_b in=wait_with_a
 * step: holds=lock_a requests=lock_c in=wait_a_time_with_a */
#include "tests/programs/c11_support.h"

static mtx_t lock_a, lock_b, lock_c;
static cnd_t condition;
static bool ready;

static void wait_with_a(void)
{
    mtx_lock(&lock_b);
    mtx_lock(&lock_a);
    end_turn();
    while (!ready)
        must_be(cnd_wait(&condition, &lock_b) == thrd_success, "wait");
    mtx_unlock(&lock_a);
    mtx_unlock(&lock_b);
}

static void signal_with_b(void)
{
    mtx_lock(&lock_b);
    ready = true;
    cnd_signal(&condition);
    mtx_unlock(&lock_b);
}

static void wait_a_time_with_a(void)
{
    struct timespec now = seconds_from_now(CLOCK_REALTIME, 0);
    cnd_t nobody;

    cnd_init(&nobody);
    mtx_lock(&lock_c);
    mtx_lock(&lock_a);
    must_be(cnd_timedwait(&nobody, &lock_c, &now) == thrd_timedout, "the wait ends");
    mtx_unlock(&lock_a);
    mtx_unlock(&lock_c);
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
    mtx_init(&lock_c, mtx_plain);
    cnd_init(&condition);
    RUN_IN_TURN_C11(others_then_a, wait_with_a, signal_with_b, wait_a_time_with_a);
    puts("done");
    return 0;
}
