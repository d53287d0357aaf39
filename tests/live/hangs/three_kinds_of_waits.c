/* A circle through a mutex, an rwlock and the join of a thread.
 * verdict: deadlock
 * threads: 3
 * wait: thread=main holds=table wants=end?of?* in=join_while_reading
 * wait: holds=lock_a wants=table in=lock_then_write
 * wait: wants=lock_a in=only_lock */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;

static void lock_then_write(void)
{
    lock(&lock_a);
    always_meet(3);
    must(pthread_rwlock_wrlock(&table), "pthread_rwlock_wrlock");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
    unlock(&lock_a);
}

static void only_lock(void)
{
    always_meet(3);
    lock(&lock_a);
    unlock(&lock_a);
}

static NOINLINE void join_while_reading(void)
{
    static const body_function bodies[] = {lock_then_write, only_lock};
    pthread_t writer = start(&bodies[0]);
    pthread_t locker = start(&bodies[1]);

    must(pthread_rwlock_rdlock(&table), "pthread_rwlock_rdlock");
    always_meet(3);
    if (is_fixed)
        must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
    must(pthread_join(locker, NULL), "pthread_join");
    must(pthread_join(writer, NULL), "pthread_join");
    if (!is_fixed)
        must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    join_while_reading();
    return end();
}
