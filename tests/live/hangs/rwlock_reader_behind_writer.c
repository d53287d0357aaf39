/* An rwlock that lets no reader pass a waiting writer: a thread that reads already wants to read
 * again, behind a writer that waits for it. The twin's kind lets it pass.
 * verdict: deadlock
 * threads: 2
 * wait: holds=table wants=table in=read_twice
 * wait: wants=table in=write_once */
#include "tests/live/live.h"

static pthread_rwlock_t table;
static pid_t writer;

static void read_twice(void)
{
    must(pthread_rwlock_rdlock(&table), "pthread_rwlock_rdlock");
    always_meet(2);
    wait_until_asleep(&writer);
    must(pthread_rwlock_rdlock(&table), "pthread_rwlock_rdlock");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
}

static void write_once(void)
{
    always_meet(2);
    __atomic_store_n(&writer, gettid(), __ATOMIC_SEQ_CST);
    must(pthread_rwlock_wrlock(&table), "pthread_rwlock_wrlock");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
}

static void init_table(void)
{
    int kind =
        is_fixed ? PTHREAD_RWLOCK_PREFER_READER_NP : PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
    pthread_rwlockattr_t attributes;

    must(pthread_rwlockattr_init(&attributes), "pthread_rwlockattr_init");
    must(pthread_rwlockattr_setkind_np(&attributes, kind), "pthread_rwlockattr_setkind_np");
    must(pthread_rwlock_init(&table, &attributes), "pthread_rwlock_init");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_table();
    RUN_TOGETHER(read_twice, write_once);
    return end();
}
