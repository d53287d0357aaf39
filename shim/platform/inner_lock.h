/* A small lock for the shim's own tables: never a pthread object, so that taking it can neither
 * recurse into a hook nor be seen by one. Spins briefly, then sleeps on a futex. Held for short,
 * bounded work only: no unwinding, no loader calls, no program code. Not recursive.
 *
 * No signal handler runs on a thread that holds one: it would find the lock taken by its own
 * thread, or block on a lock of the program whose owner waits for this one, or leave with longjmp.
 * So signals are blocked (but for those that a fault raises here) while any is held, and
 * cancellation with them. That costs two system calls; inside inner_quiet_keep and _leave, which
 * the guard of struct shim_thread calls, they are made once, around all of it, and none is made as
 * long as the program has no handlers (hook/signal.c).
 *
 * All zero is unlocked; inner_lock_reset is for a fork child, where the owner no longer exists. */
#ifndef UNKNOT_SHIM_INNER_LOCK_H
#define UNKNOT_SHIM_INNER_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Of the calling thread; its signal handlers see it whole, as they never run while it changes. */
struct inner_quiet {
    unsigned locks;  /* inner locks it holds */
    bool is_blocked; /* signals are, by us */
    bool is_kept;    /* and stay so until inner_quiet_leave */
};
extern __thread struct inner_quiet inner_quiet
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* There may be handlers. Plain: a thread that does not see it yet could not be helped either. */
extern bool inner_quiet_needed __attribute__((visibility("hidden")));

void inner_quiet_block(void);
void inner_quiet_unblock(void);

/* The thread's own signal mask, without what we block. A system call if we block nothing. */
uint64_t inner_quiet_mask(void);

static inline void inner_quiet_keep(void)
{
    inner_quiet.is_kept = true;
}

/* The same, from here on and not from the first inner lock on. */
static inline void inner_quiet_enter(void)
{
    inner_quiet_keep();
    if (inner_quiet_needed && !inner_quiet.is_blocked)
        inner_quiet_block();
}

static inline void inner_quiet_leave(void)
{
    inner_quiet.is_kept = false;
    if (inner_quiet.is_blocked && !inner_quiet.locks)
        inner_quiet_unblock();
}

struct inner_lock {
    atomic_uint state; /* 0 free, 1 taken, 2 taken and somebody sleeps */
};

void inner_lock_wait(struct inner_lock *lock);
void inner_lock_wake(struct inner_lock *lock);

static inline void inner_lock_acquire(struct inner_lock *lock)
{
    unsigned expected = 0;
    if (inner_quiet_needed && !inner_quiet.is_blocked)
        inner_quiet_block();
    inner_quiet.locks++;
    if (!atomic_compare_exchange_strong_explicit(&lock->state, &expected, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        inner_lock_wait(lock);
}

static inline void inner_lock_release(struct inner_lock *lock)
{
    if (atomic_exchange_explicit(&lock->state, 0, memory_order_release) == 2)
        inner_lock_wake(lock);
    if (!--inner_quiet.locks && inner_quiet.is_blocked && !inner_quiet.is_kept)
        inner_quiet_unblock();
}

static inline void inner_lock_reset(struct inner_lock *lock)
{
    atomic_store_explicit(&lock->state, 0, memory_order_relaxed);
}

#endif
