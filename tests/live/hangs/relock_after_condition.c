/* A condition wait gives the mutex back to its thread, which then locks it again.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=take_twice */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;

static NOINLINE void take_twice(void)
{
    struct timespec soon = seconds_from_now(CLOCK_REALTIME, 0);

    lock(&lock_a);
    must_be(pthread_cond_timedwait(&never, &lock_a, &soon) == ETIMEDOUT, "nobody signals");
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
