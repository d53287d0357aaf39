/* The same with a mutex that pthread_mutex_init made.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=take_twice */
#include "tests/live/live.h"

static pthread_mutex_t lock_a;

static NOINLINE void take_twice(void)
{
    lock(&lock_a);
    if (!is_fixed)
        lock(&lock_a);
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must(pthread_mutex_init(&lock_a, NULL), "pthread_mutex_init");
    take_twice();
    return end();
}
