/* One thread reads an rwlock and wants a mutex, the other holds the mutex and wants to write.
 * verdict: deadlock
 * threads: 2
 * wait: holds=table wants=lock_a in=table_then_mutex
 * wait: thread=main holds=lock_a wants=table in=mutex_then_table */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;

static void table_then_mutex(void)
{
    must(pthread_rwlock_rdlock(&table), "pthread_rwlock_rdlock");
    meet(2);
    lock(&lock_a);
    unlock(&lock_a);
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
}

static void mutex_then_table(void)
{
    if (is_fixed) {
        table_then_mutex();
        return;
    }
    lock(&lock_a);
    meet(2);
    must(pthread_rwlock_wrlock(&table), "pthread_rwlock_wrlock");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(table_then_mutex, mutex_then_table);
    return end();
}
