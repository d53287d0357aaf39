/* Locks whose holder is no more: a thread that ended holding them, or, in a fork child, a thread of
 * the parent. Who waits for one waits for ever.
 *
 * Filled when such a thread is forgotten, asked only by a thread that is about to block. Any
 * thread, guarded; takes a lock of its own. Entries follow live locks: those whose lock has ended
 * make room for others. */
#ifndef UNKNOT_SHIM_ORPHAN_H
#define UNKNOT_SHIM_ORPHAN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "trace/format.h"

struct shim_thread;

struct orphan {
    uint64_t address;
    struct trace_dependency_held held; /* the lock, and where it was taken */
    uint32_t thread, kernel_tid;       /* who held it */
    uint32_t created_stack;            /* of that thread, like the next two */
    void *(*start_routine)(void *);
    char name[16];
    uint32_t pid;      /* of another process, whose recording it is known from; or 0 */
    bool is_of_parent; /* it runs in the parent process */
};

/* False while no thread ever ended holding a lock: then nobody need ask. */
extern atomic_bool orphan_may_exist __attribute__((visibility("hidden")));

static inline bool orphan_any(void)
{
    return atomic_load_explicit(&orphan_may_exist, memory_order_relaxed);
}

/* The thread holds locks, and will not come back. */
void orphan_add_all_of(const struct shim_thread *gone);

/* True if the lock with this id has been left so. */
bool orphan_find(uint32_t lock);
bool orphan_get(uint32_t lock, struct orphan *orphan);

/* Around fork: what the other threads hold is kept where the child finds it. */
void orphan_fork_prepare(const struct shim_thread *self);
void orphan_fork_parent(void);
void orphan_after_fork(void);

#endif
