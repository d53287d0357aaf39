/* A function locks what its caller's caller already holds.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=take_twice */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void take(void)
{
    lock(&lock_a);
    unlock(&lock_a);
}

static NOINLINE void between(void)
{
    take();
    puts("between");
}

static NOINLINE void take_twice(void)
{
    lock(&lock_a);
    if (!is_fixed)
        between();
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    take_twice();
    return end();
}
