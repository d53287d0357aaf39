/* An rwlock of the default kind, and one that claims to prefer writers, let a reader in again
 * although a writer waits.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_rwlock_t tables[2];
static pid_t writer;

static void read_twice(pthread_rwlock_t *table)
{
    meet(2);
    must(pthread_rwlock_rdlock(table), "pthread_rwlock_rdlock");
    __atomic_store_n(&writer, 0, __ATOMIC_SEQ_CST);
    meet(2);
    wait_until_asleep(&writer);
    must(pthread_rwlock_rdlock(table), "pthread_rwlock_rdlock");
    must(pthread_rwlock_unlock(table), "pthread_rwlock_unlock");
    must(pthread_rwlock_unlock(table), "pthread_rwlock_unlock");
}

static void write_once(pthread_rwlock_t *table)
{
    meet(2);
    meet(2);
    __atomic_store_n(&writer, gettid(), __ATOMIC_SEQ_CST);
    must(pthread_rwlock_wrlock(table), "pthread_rwlock_wrlock");
    must(pthread_rwlock_unlock(table), "pthread_rwlock_unlock");
}

static void read_both(void)
{
    read_twice(&tables[0]);
    read_twice(&tables[1]);
}

static void write_both(void)
{
    write_once(&tables[0]);
    write_once(&tables[1]);
}

static void init_table(pthread_rwlock_t *table, int kind)
{
    pthread_rwlockattr_t attributes;

    must(pthread_rwlockattr_init(&attributes), "pthread_rwlockattr_init");
    must(pthread_rwlockattr_setkind_np(&attributes, kind), "pthread_rwlockattr_setkind_np");
    must(pthread_rwlock_init(table, &attributes), "pthread_rwlock_init");
}

int main(void)
{
    init_table(&tables[0], PTHREAD_RWLOCK_PREFER_READER_NP);
    init_table(&tables[1], PTHREAD_RWLOCK_PREFER_WRITER_NP);
    RUN_TOGETHER(read_both, write_both);
    return end();
}
