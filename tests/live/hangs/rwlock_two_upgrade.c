/* Two readers both want to write before they stop reading: already the first one waits for itself.
 * verdict: self-deadlock
 * threads: 1
 * wait: holds=lock_a wants=lock_a in=upgrade */
#include "tests/live/live.h"

static pthread_rwlock_t lock_a = PTHREAD_RWLOCK_INITIALIZER;

static void upgrade(void)
{
    must(pthread_rwlock_rdlock(&lock_a), "pthread_rwlock_rdlock");
    always_meet(2);
    if (is_fixed)
        must(pthread_rwlock_unlock(&lock_a), "pthread_rwlock_unlock");
    must(pthread_rwlock_wrlock(&lock_a), "pthread_rwlock_wrlock");
    must(pthread_rwlock_unlock(&lock_a), "pthread_rwlock_unlock");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(upgrade, upgrade);
    return end();
}
