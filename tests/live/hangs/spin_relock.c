/* A spinlock is locked twice by one thread, which then spins for ever.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=take_twice */
#include "tests/live/live.h"

static pthread_spinlock_t lock_a;

static NOINLINE void take_twice(void)
{
    must(pthread_spin_lock(&lock_a), "pthread_spin_lock");
    if (!is_fixed)
        must(pthread_spin_lock(&lock_a), "pthread_spin_lock");
    must(pthread_spin_unlock(&lock_a), "pthread_spin_unlock");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must(pthread_spin_init(&lock_a, PTHREAD_PROCESS_PRIVATE), "pthread_spin_init");
    take_twice();
    return end();
}
