/* Who waits on which condition or at which barrier: for the misuse checks, which ask for a waiter
 * that nobody can have woken yet.
 *
 * Each thread has one entry, in its state; entries of one object lie in one list. A thread that
 * left its wait by longjmp is still in a list, until it waits again or ends. Any thread; each call
 * takes a lock of one list for a few instructions, but waiters_any, which a signal without waiters
 * costs. Nothing allocates or makes a system call unless another thread has that lock. */
#ifndef UNKNOT_SHIM_WAITERS_H
#define UNKNOT_SHIM_WAITERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct waiter {
    struct waiter *next, *previous;
    const void *object; /* NULL: waits for nothing */
    const void *mutex;  /* of a condition */
    uint32_t thread, stack;
    bool may_be_woken; /* signalled, or its time may be up */
};

enum { WAITERS_LISTS = 256 };
extern struct waiter *waiters_lists[WAITERS_LISTS] __attribute__((visibility("hidden")));

static inline size_t waiters_list_of(const void *object)
{
    return (((uintptr_t)object >> 2) * 0x9e3779b97f4a7c15u) >> 56;
}

/* False when nobody waits for the object. */
static inline bool waiters_any(const void *object)
{
    return __atomic_load_n(&waiters_lists[waiters_list_of(object)], __ATOMIC_RELAXED) != NULL;
}

/* The entry's thread begins to wait for entry->object; and no longer, or never did. */
void waiters_enter(struct waiter *entry);
void waiters_leave(struct waiter *entry);

/* A waiter of the object other than `self` that nobody can have woken, with another mutex than
 * `mutex` unless that is NULL; copied out. */
bool waiters_find(const void *object, const void *mutex, const struct waiter *self,
                  struct waiter *found);

/* A signal or broadcast: it may have been any of them. One is copied out; false if there is none.
 */
bool waiters_signalled(const void *object, struct waiter *found);

void waiters_after_fork(void);

#endif
