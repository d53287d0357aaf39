/* A writer waits for two readers; one of them holds nothing else, the other one wants the mutex
 * that the writer holds. The reader without a want goes on running and stays a reader.
 * verdict: deadlock
 * threads: 2
 * wait: holds=table wants=lock_a in=read_then_lock
 * wait: holds=lock_a wants=table in=lock_then_write */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;

static void only_read(void)
{
    must(pthread_rwlock_rdlock(&table), "pthread_rwlock_rdlock");
    always_meet(3);
    usleep(20000);
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
}

static void read_then_lock(void)
{
    must(pthread_rwlock_rdlock(&table), "pthread_rwlock_rdlock");
    always_meet(3);
    if (is_fixed)
        must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
    lock(&lock_a);
    unlock(&lock_a);
    if (!is_fixed)
        must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
}

static void lock_then_write(void)
{
    lock(&lock_a);
    always_meet(3);
    must(pthread_rwlock_wrlock(&table), "pthread_rwlock_wrlock");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(only_read, read_then_lock, lock_then_write);
    return end();
}
