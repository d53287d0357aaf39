/* A circle of three through a wait with a timeout by the monotonic clock.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_c = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    hold_two(&lock_a, &lock_b, 3);
}

static void b_then_c(void)
{
    hold_two(&lock_b, &lock_c, 3);
}

static void gives_way(void)
{
    struct timespec deadline = seconds_from_now(CLOCK_MONOTONIC, 1);

    lock(&lock_c);
    meet(3);
    must_be(pthread_mutex_clocklock(&lock_a, CLOCK_MONOTONIC, &deadline) == ETIMEDOUT, "too late");
    unlock(&lock_c);
}

int main(void)
{
    RUN_TOGETHER(a_then_b, b_then_c, gives_way);
    return end();
}
