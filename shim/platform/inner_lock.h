/* A small lock for the shim's own tables: never a pthread object, so that taking it can neither
 * recurse into a hook nor be seen by one. Spins briefly, then sleeps on a futex. Held for short,
 * bounded work only: no unwinding, no loader calls, no program code. Not recursive; the re-entry
 * guard of struct shim_thread keeps a signal handler from taking it twice.
 *
 * All zero is unlocked; inner_lock_reset is for a fork child, where the owner no longer exists. */
#ifndef UNKNOT_SHIM_INNER_LOCK_H
#define UNKNOT_SHIM_INNER_LOCK_H

#include <stdatomic.h>

struct inner_lock {
    atomic_uint state; /* 0 free, 1 taken, 2 taken and somebody sleeps */
};

void inner_lock_wait(struct inner_lock *lock);
void inner_lock_wake(struct inner_lock *lock);

static inline void inner_lock_acquire(struct inner_lock *lock)
{
    unsigned expected = 0;
    if (!atomic_compare_exchange_strong_explicit(&lock->state, &expected, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        inner_lock_wait(lock);
}

static inline void inner_lock_release(struct inner_lock *lock)
{
    if (atomic_exchange_explicit(&lock->state, 0, memory_order_release) == 2)
        inner_lock_wake(lock);
}

static inline void inner_lock_reset(struct inner_lock *lock)
{
    atomic_store_explicit(&lock->state, 0, memory_order_relaxed);
}

#endif
