/* Two spinlocks: both threads spin, neither sleeps.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include "tests/live/live.h"

static pthread_spinlock_t lock_a, lock_b;

static void take_both(pthread_spinlock_t *outer, pthread_spinlock_t *inner)
{
    must(pthread_spin_lock(outer), "pthread_spin_lock");
    meet(2);
    must(pthread_spin_lock(inner), "pthread_spin_lock");
    must(pthread_spin_unlock(inner), "pthread_spin_unlock");
    must(pthread_spin_unlock(outer), "pthread_spin_unlock");
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
    must(pthread_spin_init(&lock_a, PTHREAD_PROCESS_PRIVATE), "pthread_spin_init");
    must(pthread_spin_init(&lock_b, PTHREAD_PROCESS_PRIVATE), "pthread_spin_init");
    RUN_TOGETHER(a_then_b, b_then_a);
    return end();
}
