/* The mutex is taken with a timeout first, and then again without one.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=take_twice */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void take_twice(void)
{
    struct timespec deadline = seconds_from_now(CLOCK_REALTIME, 60);

    must(pthread_mutex_timedlock(&lock_a, &deadline), "pthread_mutex_timedlock");
    if (!is_fixed)
        lock(&lock_a);
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    take_twice();
    return end();
}
