/* The kernel refuses the second lock, and libc makes the thread sleep for ever.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=take_twice */
#include "tests/live/live.h"

static pthread_mutex_t lock_a;

static void init_inheriting(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;

    must(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
    must(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT), "set the attribute");
    must(pthread_mutex_init(mutex, &attributes), "pthread_mutex_init");
}

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
    init_inheriting(&lock_a);
    take_twice();
    return end();
}
