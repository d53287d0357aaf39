/* A lock is read again by a thread that reads it. Its readers queue behind writers; those of the
 * twin's kind do not.
 * rule: recursive-read
 * wait: holds=table wants=table in=read_twice
 * wait: wants=table in=write_once */
#include "tests/latent/latent.h"

static pthread_rwlock_t table;

static void init_rwlock(pthread_rwlock_t *rwlock)
{
    pthread_rwlockattr_t attributes;

    must(pthread_rwlockattr_init(&attributes), "pthread_rwlockattr_init");
    if (!is_clean)
        must(pthread_rwlockattr_setkind_np(&attributes,
                                           PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP),
             "pthread_rwlockattr_setkind_np");
    must(pthread_rwlock_init(rwlock, &attributes), "pthread_rwlock_init");
    must(pthread_rwlockattr_destroy(&attributes), "pthread_rwlockattr_destroy");
}

static void read_lock(pthread_rwlock_t *rwlock)
{
    must(pthread_rwlock_rdlock(rwlock), "pthread_rwlock_rdlock");
}

static void give_back(pthread_rwlock_t *rwlock)
{
    must(pthread_rwlock_unlock(rwlock), "pthread_rwlock_unlock");
}

static void read_twice(void)
{
    read_lock(&table);
    read_lock(&table);
    give_back(&table);
    give_back(&table);
}

static void write_once(void)
{
    must(pthread_rwlock_wrlock(&table), "pthread_rwlock_wrlock");
    give_back(&table);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_rwlock(&table);
    RUN_IN_TURN(read_twice, write_once);
    puts("done");
    return 0;
}
