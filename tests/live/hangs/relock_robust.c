/* A robust mutex, whose owner lives and locks it again.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=take_twice */
#include "tests/live/live.h"

static pthread_mutex_t lock_a;

static void init_robust(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;

    must(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
    must(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), "set the attribute");
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
    init_robust(&lock_a);
    take_twice();
    return end();
}
