/* Two locks are only read inside each other, in opposite orders; a third thread writes both. Their
 * readers queue behind writers; those of the twin's kind do not.
 * rule: lock-order-cycle
 * wait: holds=table wants=queue in=queue_in_table
 * wait: holds=queue wants=table in=table_in_queue
 * dismissed: readers */
#include "tests/latent/latent.h"

static pthread_rwlock_t table, queue;

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

static void read_inside(pthread_rwlock_t *outer, pthread_rwlock_t *inner)
{
    read_lock(outer);
    read_lock(inner);
    give_back(inner);
    give_back(outer);
}

static void queue_in_table(void)
{
    read_inside(&table, &queue);
}

static void table_in_queue(void)
{
    read_inside(&queue, &table);
}

static void write_table(void)
{
    must(pthread_rwlock_wrlock(&table), "pthread_rwlock_wrlock");
    give_back(&table);
}

static void write_queue(void)
{
    must(pthread_rwlock_wrlock(&queue), "pthread_rwlock_wrlock");
    give_back(&queue);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_rwlock(&table);
    init_rwlock(&queue);
    RUN_IN_TURN(queue_in_table, table_in_queue, write_table, write_queue);
    puts("done");
    return 0;
}
