#include "shim/core/blocked.h"

#include <pthread.h>
#include <semaphore.h>

#include "shim/core/lock_table.h"
#include "shim/core/wakes.h"
#include "shim/platform/plain_semaphore.h"

static void *object_of(const struct wait_view *view)
{
    return (void *)(uintptr_t)view->address;
}

static bool is_semaphore(const struct wait_view *view)
{
    return view->kind == TRACE_LOCK_SEMAPHORE || view->kind == TRACE_WAIT_SEMAPHORE;
}

bool blocked_for_any(const struct wait_view *view)
{
    return is_semaphore(view) || view->kind == TRACE_WAIT_CONDITION ||
           view->kind == TRACE_WAIT_BARRIER;
}

static bool nobody_is_woken(const struct wait_view *view)
{
    const struct wake_record *wakes = wakes_find(object_of(view));
    return wakes && !wakes_woken(atomic_load_explicit(&wakes->now, memory_order_seq_cst));
}

/* Another thread's semaphore is read only while it is known, and kept from going meanwhile. */
static bool has_no_unit(const struct wait_view *view)
{
    sem_t *semaphore = object_of(view);
    bool is_empty = false;
    lock_table_pin();
    if (plain_semaphore_works && lock_table_find(semaphore))
        is_empty = !(uint32_t)__atomic_load_n(plain_semaphore_data(semaphore), __ATOMIC_SEQ_CST);
    lock_table_unpin();
    return is_empty;
}

static void note(uint32_t thread, void *context)
{
    bool *any = context;
    (void)thread;
    *any = true;
}

static bool waits_for_somebody(const struct wait_view *view)
{
    bool any = false;
    wait_graph_waits_for(view, note, &any);
    return any;
}

bool blocked_for_good(const struct wait_view *view)
{
    if (view->mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED) ||
        atomic_load_explicit(&view->state->is_cancelled, memory_order_acquire))
        return false;
    if (is_semaphore(view))
        return has_no_unit(view);
    if (blocked_for_any(view))
        return nobody_is_woken(view);
    return waits_for_somebody(view);
}

bool blocked_on_shared(const struct wait_view *view)
{
    struct lock_entry entry;
    return lock_table_get(object_of(view), lock_table_find(object_of(view)), &entry) &&
           entry.flags & TRACE_LOCK_SHARED;
}

static bool lies_in(uint64_t futex, uint64_t object, size_t bytes)
{
    return futex - object < bytes;
}

bool blocked_is_at(const struct wait_view *view, uint64_t futex)
{
    switch (view->kind) {
    case TRACE_LOCK_MUTEX:
        return lies_in(futex, view->address, sizeof(pthread_mutex_t));
    case TRACE_LOCK_RWLOCK:
        return lies_in(futex, view->address, sizeof(pthread_rwlock_t));
    case TRACE_LOCK_SEMAPHORE:
    case TRACE_WAIT_SEMAPHORE:
        return lies_in(futex, view->address, sizeof(sem_t));
    case TRACE_WAIT_BARRIER:
        return lies_in(futex, view->address, sizeof(pthread_barrier_t));
    case TRACE_WAIT_CONDITION:
        return lies_in(futex, view->address, sizeof(pthread_cond_t)) ||
               lies_in(futex, view->other, sizeof(pthread_mutex_t));
    default:
        return true; /* known to its library only */
    }
}
