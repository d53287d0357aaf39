/* Both hold their first; one of them wants its second for a limited time and gives way.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void patient(void)
{
    hold_two(&lock_a, &lock_b, 2);
}

static void gives_way(void)
{
    struct timespec deadline = seconds_from_now(CLOCK_REALTIME, 1);

    lock(&lock_b);
    meet(2);
    must_be(pthread_mutex_timedlock(&lock_a, &deadline) == ETIMEDOUT, "it times out");
    unlock(&lock_b);
}

int main(void)
{
    RUN_TOGETHER(patient, gives_way);
    return end();
}
