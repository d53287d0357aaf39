/* Locks of the program's own, annotated, in both orders. One of them is built on a mutex and a
 * condition at its own address, whose use between request and acquisition must not hide it.
 * verdict: finding locks=first,second
 * step: holds=first requests=second in=first_then_second
 * step: holds=second requests=first in=second_then_first */
#include "include/unknot/unknot.h"
#include "tests/programs/support.h"

struct ticket_lock {
    pthread_mutex_t inside;
    pthread_cond_t changed;
    bool taken;
};

static struct ticket_lock first = {.inside = PTHREAD_MUTEX_INITIALIZER,
                                   .changed = PTHREAD_COND_INITIALIZER};
static int second;

static void ticket_lock_acquire(struct ticket_lock *lock)
{
    unknot_lock_requested(lock, UNKNOT_WRITE);
    must(pthread_mutex_lock(&lock->inside), "lock inside");
    while (lock->taken)
        pthread_cond_wait(&lock->changed, &lock->inside);
    lock->taken = true;
    must(pthread_mutex_unlock(&lock->inside), "unlock inside");
    unknot_lock_acquired(lock, UNKNOT_WRITE);
}

static void ticket_lock_release(struct ticket_lock *lock)
{
    unknot_lock_released(lock);
    must(pthread_mutex_lock(&lock->inside), "lock inside");
    lock->taken = false;
    pthread_cond_signal(&lock->changed);
    must(pthread_mutex_unlock(&lock->inside), "unlock inside");
}

static void spin_acquire(int *lock)
{
    unknot_lock_requested(lock, UNKNOT_WRITE);
    while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
        sched_yield();
    unknot_lock_acquired(lock, UNKNOT_WRITE);
}

static void spin_release(int *lock)
{
    unknot_lock_released(lock);
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

static void first_then_second(void)
{
    ticket_lock_acquire(&first);
    spin_acquire(&second);
    spin_release(&second);
    ticket_lock_release(&first);
}

static void second_then_first(void)
{
    spin_acquire(&second);
    ticket_lock_acquire(&first);
    ticket_lock_release(&first);
    spin_release(&second);
}

int main(void)
{
    unknot_lock_name(&first, "first");
    RUN_IN_TURN(first_then_second, second_then_first);
    puts("done");
    return 0;
}
