/* One thread reads and wants to write. The twin stops reading first.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=take_twice */
#include "tests/live/live.h"

static pthread_rwlock_t lock_a = PTHREAD_RWLOCK_INITIALIZER;

static NOINLINE void take_twice(void)
{
    must(pthread_rwlock_rdlock(&lock_a), "pthread_rwlock_rdlock");
    if (is_fixed)
        must(pthread_rwlock_unlock(&lock_a), "pthread_rwlock_unlock");
    must(pthread_rwlock_wrlock(&lock_a), "pthread_rwlock_wrlock");
    must(pthread_rwlock_unlock(&lock_a), "pthread_rwlock_unlock");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    take_twice();
    return end();
}
