/* Each thread reads one rwlock and wants to write the other one.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include "tests/live/live.h"

static pthread_rwlock_t lock_a = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t lock_b = PTHREAD_RWLOCK_INITIALIZER;

static void read_lock(pthread_rwlock_t *lock)
{
    must(pthread_rwlock_rdlock(lock), "pthread_rwlock_rdlock");
}

static void write_lock(pthread_rwlock_t *lock)
{
    must(pthread_rwlock_wrlock(lock), "pthread_rwlock_wrlock");
}

static void leave(pthread_rwlock_t *lock)
{
    must(pthread_rwlock_unlock(lock), "pthread_rwlock_unlock");
}

static void take_both(pthread_rwlock_t *outer, pthread_rwlock_t *inner)
{
    read_lock(outer);
    meet(2);
    write_lock(inner);
    leave(inner);
    leave(outer);
}

static void a_then_b(void)
{
    take_both(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        take_both(&lock_b, &lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(a_then_b, b_then_a);
    return end();
}
