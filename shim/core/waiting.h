/* What a thread waits for, said before it blocks: the seam between the hooks and the wait-for graph
 * (wait_graph.h).
 *
 * A hook that will block calls waiting_begin, its real blocking call, waiting_end; the latter also
 * as a cleanup handler where the call can be cancelled. waiting_begin publishes the wait in the
 * thread's live block, then looks whether this wait closes a circle: of the threads in a deadlock
 * the last one to block sees all the others. A wait that a signal handler interrupts is put aside
 * while the handler waits itself.
 *
 * Only for threads that are about to sleep, so a few dozen ns do not count. Writes to the thread's
 * own live block only; no lock, no system call and no allocation unless there is a deadlock. */
#ifndef UNKNOT_SHIM_WAITING_H
#define UNKNOT_SHIM_WAITING_H

#include <time.h>

#include "shim/core/acquire.h"
#include "shim/core/steer.h"

struct waiting_for {
    uint64_t object, other;
    uint64_t since_ns;
    uint32_t lock, stack;
    uint16_t kind, mode;
};

struct waiting {
    struct shim_thread *self;  /* NULL: nothing was published */
    bool is_shared;            /* processes share the lock: see waiting_next_look */
    uint32_t looks;            /* since the wait began */
    bool is_interrupted;       /* a signal handler ran before the wait began: see waiting_begin */
    struct waiting *inner_of;  /* the wait that this one interrupts, NULL for none */
    struct waiting_for target; /* also kept here for when it has been interrupted */
};

/* The thread is about to block on `object`: a lock it has requested, or holds already. A timed
 * manner is published but is no reason for a deadlock. May take a while where only time tells
 * whether a semaphore is a lock; if a signal handler would have ended the real wait meanwhile, it
 * is `is_interrupted`, and the real call must not be made. */
void waiting_begin(struct waiting *waiting, const void *object, struct manner manner,
                   uintptr_t address, uintptr_t pointer);

/* The same for a wait that is for more than its object: `other` is the mutex of a condition, and
 * `lock` the id of that; or the id of the thread whose end is awaited. */
void waiting_begin_for(struct waiting *waiting, const struct waiting_for *target, uintptr_t address,
                       uintptr_t pointer);

/* A wait that `is_shared` is best made in parts, each with this deadline (CLOCK_MONOTONIC), as what
 * makes it one for ever may come to be in another process, where nobody tells us. Looks for a
 * deadlock anew; the deadlines come ever later, at last each second. */
void waiting_next_look(struct waiting *waiting, struct timespec *deadline);

/* No longer. A cleanup handler: the argument is a struct waiting. */
void waiting_end(void *waiting);

/* The calling thread is about to jump, perhaps out of a wait. */
void waiting_withdraw(void);
static inline void waiting_may_be_left(void)
{
    struct shim_thread *self = thread_self;
    if (self->live && __atomic_load_n(&self->live->wait, __ATOMIC_RELAXED) & 1)
        waiting_withdraw();
    if (self->live)
        steer_may_be_left(self);
}

#endif
