/* Both orders, but one thread gives up its second lock after a while by the monotonic clock.
 * verdict: clean dismissed=timed */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_timed_b(void)
{
    struct timespec when = seconds_from_now(CLOCK_MONOTONIC, 10);

    pthread_mutex_lock(&lock_a);
    must(pthread_mutex_clocklock(&lock_b, CLOCK_MONOTONIC, &when), "clocklock");
    pthread_mutex_unlock(&lock_b);
    pthread_mutex_unlock(&lock_a);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(a_then_timed_b, b_then_a);
    puts("done");
    return 0;
}
