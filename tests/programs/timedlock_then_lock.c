/* A lock got by a timed form is held like any other: the plain lock inside it can deadlock.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_by_timed_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_by_timed_then_b(void)
{
    struct timespec when = seconds_from_now(CLOCK_REALTIME, 10);

    must(pthread_mutex_timedlock(&lock_a, &when), "timedlock");
    pthread_mutex_lock(&lock_b);
    pthread_mutex_unlock(&lock_b);
    pthread_mutex_unlock(&lock_a);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(a_by_timed_then_b, b_then_a);
    puts("done");
    return 0;
}
