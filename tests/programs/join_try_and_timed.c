/* Threads that need a mutex are joined by one that holds it, but that only tries, or gives up after
 * a while.
 * verdict: clean dismissed=timed */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void *take_a(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    end_turn();
    return NULL;
}

int main(void)
{
    struct timespec when = seconds_from_now(CLOCK_REALTIME, 20);
    struct timespec monotonic = seconds_from_now(CLOCK_MONOTONIC, 20);
    pthread_t tried, timed, clocked;

    must(pthread_create(&tried, NULL, take_a, NULL), "pthread_create");
    must(pthread_create(&timed, NULL, take_a, NULL), "pthread_create");
    must(pthread_create(&clocked, NULL, take_a, NULL), "pthread_create");
    wait_for_turn(3);
    pthread_mutex_lock(&lock_a);
    while (pthread_tryjoin_np(tried, NULL) != 0)
        usleep(50);
    must(pthread_timedjoin_np(timed, NULL, &when), "pthread_timedjoin_np");
    must(pthread_clockjoin_np(clocked, NULL, CLOCK_MONOTONIC, &monotonic), "pthread_clockjoin_np");
    pthread_mutex_unlock(&lock_a);
    puts("done");
    return 0;
}
