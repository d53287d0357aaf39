#include "shim/core/waiters.h"

#include <string.h>

#include "shim/platform/inner_lock.h"

struct waiter *waiters_lists[WAITERS_LISTS];
static struct inner_lock locks[WAITERS_LISTS]; /* each protects the list of that number */

void waiters_enter(struct waiter *entry)
{
    size_t list = waiters_list_of(entry->object);
    inner_lock_acquire(&locks[list]);
    entry->previous = NULL;
    entry->next = waiters_lists[list];
    if (entry->next)
        entry->next->previous = entry;
    __atomic_store_n(&waiters_lists[list], entry, __ATOMIC_RELEASE);
    inner_lock_release(&locks[list]);
}

void waiters_leave(struct waiter *entry)
{
    if (!entry->object)
        return;
    size_t list = waiters_list_of(entry->object);
    inner_lock_acquire(&locks[list]);
    if (entry->previous)
        entry->previous->next = entry->next;
    else
        __atomic_store_n(&waiters_lists[list], entry->next, __ATOMIC_RELEASE);
    if (entry->next)
        entry->next->previous = entry->previous;
    entry->object = NULL;
    inner_lock_release(&locks[list]);
}

bool waiters_find(const void *object, const void *mutex, const struct waiter *self,
                  struct waiter *found)
{
    size_t list = waiters_list_of(object);
    if (!waiters_any(object))
        return false;
    inner_lock_acquire(&locks[list]);
    const struct waiter *entry = waiters_lists[list];
    while (entry && (entry->object != object || entry == self || entry->may_be_woken ||
                     (mutex && entry->mutex == mutex)))
        entry = entry->next;
    if (entry)
        *found = *entry;
    inner_lock_release(&locks[list]);
    return entry != NULL;
}

bool waiters_signalled(const void *object, struct waiter *found)
{
    bool any = false;
    size_t list = waiters_list_of(object);
    inner_lock_acquire(&locks[list]);
    for (struct waiter *entry = waiters_lists[list]; entry; entry = entry->next) {
        if (entry->object == object) {
            entry->may_be_woken = true;
            *found = *entry;
            any = true;
        }
    }
    inner_lock_release(&locks[list]);
    return any;
}

/* The entries lay in states that the kernel has wiped. */
void waiters_after_fork(void)
{
    memset(waiters_lists, 0, sizeof(waiters_lists));
    memset(locks, 0, sizeof(locks));
}
