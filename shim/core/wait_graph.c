#include "shim/core/wait_graph.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/core/lock_kind.h"
#include "shim/core/lock_table.h"
#include "shim/core/orphan.h"
#include "shim/core/wait_search.h"

enum { MODE_BITS = 15, NOT_FOR_EVER = TRACE_MODE_TRY | TRACE_MODE_TIMED };

/* Whom to tell, and of what. */
struct asking {
    const struct wait_view *view;
    void (*found)(uint32_t thread, void *context);
    void *context;
    bool any;
};

bool wait_graph_view_any(uint32_t index, struct wait_view *view)
{
    const struct shim_thread *state = thread_at(index);
    const struct trace_live *live = state ? __atomic_load_n(&state->live, __ATOMIC_ACQUIRE) : NULL;
    if (!live)
        return false;
    uint32_t number = __atomic_load_n(&live->wait, __ATOMIC_ACQUIRE);
    if (!(number & 1))
        return false;
    *view = (struct wait_view){
        .index = index,
        .id = __atomic_load_n(&state->id, __ATOMIC_RELAXED),
        .number = number,
        .state = state,
        .live = live,
        .address = __atomic_load_n(&live->wanted_address, __ATOMIC_RELAXED),
        .other = __atomic_load_n(&live->wanted_other, __ATOMIC_RELAXED),
        .since_ns = __atomic_load_n(&live->wanted_since_ns, __ATOMIC_RELAXED),
        .lock = __atomic_load_n(&live->wanted_lock, __ATOMIC_RELAXED),
        .stack = __atomic_load_n(&live->wanted_stack, __ATOMIC_RELAXED),
        .kind = __atomic_load_n(&live->wanted_kind, __ATOMIC_RELAXED),
        .mode = __atomic_load_n(&live->wanted_mode, __ATOMIC_RELAXED),
    };
    return wait_graph_is_same(view);
}

bool wait_graph_is_same(const struct wait_view *view)
{
    atomic_thread_fence(memory_order_seq_cst);
    return __atomic_load_n(&view->live->wait, __ATOMIC_RELAXED) == view->number &&
           __atomic_load_n(&view->live->thread, __ATOMIC_RELAXED) == view->id &&
           (!view->state || __atomic_load_n(&view->state->id, __ATOMIC_RELAXED) == view->id);
}

static bool can_be_cancelled(const struct wait_view *view)
{
    return view->kind == TRACE_LOCK_THREAD || view->kind == TRACE_LOCK_SEMAPHORE;
}

/* A condition's wait, timed or not, ends only with its mutex. */
bool wait_graph_view(uint32_t index, struct wait_view *view)
{
    if (!wait_graph_view_any(index, view))
        return false;
    if (view->kind == TRACE_WAIT_CONDITION)
        return true;
    return view->kind < TRACE_WAIT_CONDITION && !(view->mode & NOT_FOR_EVER) &&
           !(can_be_cancelled(view) &&
             atomic_load_explicit(&view->state->is_cancelled, memory_order_acquire));
}

static void tell(struct asking *asking, uint32_t thread)
{
    asking->any = true;
    asking->found(thread, asking->context);
}

static bool thread_exists(uint32_t kernel_tid)
{
    int saved_errno = errno;
    bool exists = syscall(SYS_tgkill, getpid(), kernel_tid, 0) == 0 || errno != ESRCH;
    errno = saved_errno;
    return exists;
}

/* A thread whose function has returned may still run key destructors, which may still release. */
static bool is_gone(const struct shim_thread *state)
{
    return __atomic_load_n(&state->ended, __ATOMIC_ACQUIRE) &&
           (atomic_load_explicit(&state->is_leaving, memory_order_acquire) ||
            !thread_exists(state->kernel_tid));
}

static void tell_holder(struct asking *asking, uint32_t index)
{
    const struct shim_thread *state = thread_at(index);
    tell(asking, state && is_gone(state) ? WAIT_SEARCH_GONE : index);
}

/* Neither the state nor its live block has become another thread's meanwhile. */
static bool is_still(const struct shim_thread *state, const struct trace_live *live, uint32_t id)
{
    atomic_thread_fence(memory_order_acquire);
    return __atomic_load_n(&live->thread, __ATOMIC_RELAXED) == id &&
           __atomic_load_n(&state->id, __ATOMIC_RELAXED) == id;
}

static bool is_recursive(const struct wait_view *view)
{
    struct lock_entry entry;
    return lock_table_get((const void *)(uintptr_t)view->address, view->lock, &entry) &&
           entry.flags & TRACE_LOCK_RECURSIVE;
}

bool wait_graph_is_in_the_way(const struct wait_view *view, const struct trace_held *entry)
{
    uint32_t lock = __atomic_load_n(&entry->lock, __ATOMIC_RELAXED);
    uint32_t mode = __atomic_load_n(&entry->site_mode, __ATOMIC_RELAXED) & MODE_BITS;
    return lock && lock == view->lock && __atomic_load_n(&entry->address, __ATOMIC_ACQUIRE) &&
           !(mode & view->mode & TRACE_MODE_READ);
}

static const struct trace_held *find_in_the_way(const struct wait_view *view,
                                                const struct shim_thread *state)
{
    uint32_t id = state ? __atomic_load_n(&state->id, __ATOMIC_ACQUIRE) : 0;
    const struct trace_live *live = id ? __atomic_load_n(&state->live, __ATOMIC_ACQUIRE) : NULL;
    uint32_t count = live ? __atomic_load_n(&live->held_count, __ATOMIC_ACQUIRE) : 0;
    for (uint32_t i = 0; i < count && i < live->capacity; i++) {
        if (wait_graph_is_in_the_way(view, &live->held[i]))
            return is_still(state, live, id) ? &live->held[i] : NULL;
    }
    return NULL;
}

/* What a thread holds itself is in its way only if asking once more blocks. */
static bool blocks_itself(const struct wait_view *view, const struct trace_held *entry)
{
    bool is_writer = !(entry->site_mode & TRACE_MODE_READ);
    return !(view->kind == TRACE_LOCK_GRWLOCK && is_writer) && !is_recursive(view);
}

bool wait_graph_is_shared(const struct wait_view *view)
{
    uint64_t lock = view->kind == TRACE_WAIT_CONDITION ? view->other : view->address;
    struct lock_entry entry;
    return lock_table_get((const void *)(uintptr_t)lock, view->lock, &entry) &&
           entry.flags & TRACE_LOCK_SHARED;
}

static void ask_all(struct asking *asking)
{
    const struct wait_view *view = asking->view;
    if (!view->lock)
        return;
    for (uint32_t i = 1; i <= thread_highest(); i++) {
        const struct trace_held *entry = find_in_the_way(view, thread_at(i));
        if (entry && (i != view->index || blocks_itself(view, entry)))
            tell_holder(asking, i);
    }
    if (!asking->any && orphan_find(view->lock))
        tell(asking, WAIT_SEARCH_GONE);
    if (!asking->any && wait_graph_is_shared(view))
        tell(asking, WAIT_SEARCH_ELSEWHERE);
}

/* Writers that wait, where readers queue behind them. */
static void ask_queued_writers(struct asking *asking)
{
    const struct wait_view *view = asking->view;
    struct wait_view other;
    for (uint32_t i = 1; i <= thread_highest(); i++) {
        if (i != view->index && wait_graph_view_any(i, &other) && other.lock == view->lock &&
            !(other.mode & TRACE_MODE_READ))
            tell(asking, i);
    }
}

/* The lock says who owns it: a thread that is known, one that goes by another number since a raw
 * fork, one that is no more, or another process's. */
static void ask_owner(struct asking *asking, uint32_t kernel_tid, uint16_t flags)
{
    uint32_t index = thread_of_kernel_tid(kernel_tid);
    bool wakes_when_gone = flags & TRACE_LOCK_ROBUST;
    if (index && !(wakes_when_gone && is_gone(thread_at(index))))
        tell_holder(asking, index);
    if (index || wakes_when_gone)
        return;
    ask_all(asking);
    if (!asking->any && !(flags & TRACE_LOCK_SHARED) && !thread_exists(kernel_tid))
        tell(asking, WAIT_SEARCH_GONE);
}

/* The object of another thread's wait may be gone by now: it is looked at only while it is known,
 * and whoever takes its memory away lets us finish first. */
static bool begin_reading(const struct wait_view *view, const void *object, uint32_t lock)
{
    if (view->state == thread_self)
        return true;
    lock_table_pin();
    if (lock && lock_table_find(object) == lock)
        return true;
    lock_table_unpin();
    return false;
}

static void end_reading(const struct wait_view *view)
{
    if (view->state != thread_self)
        lock_table_unpin();
}

/* The thread's own mutex blocks it only where relocking does not count or fail. */
static void ask_mutex(struct asking *asking, const void *object, bool own_counts)
{
    const struct wait_view *view = asking->view;
    if (!begin_reading(view, object, view->lock))
        return;
    uint32_t owner = lock_kind_owner(TRACE_LOCK_MUTEX, object);
    uint16_t flags = lock_kind_flags(TRACE_LOCK_MUTEX, object);
    end_reading(view);
    bool fails_or_counts = !own_counts || flags & (TRACE_LOCK_RECURSIVE | TRACE_LOCK_ERRORCHECK);
    if (!owner || (owner == view->state->kernel_tid && fails_or_counts))
        return;
    ask_owner(asking, owner, flags);
}

/* To ask for one's own write lock again fails at once, it does not block. */
static void ask_rwlock(struct asking *asking)
{
    const struct wait_view *view = asking->view;
    const void *object = (const void *)(uintptr_t)view->address;
    if (!begin_reading(view, object, view->lock))
        return;
    uint32_t writer = lock_kind_owner(TRACE_LOCK_RWLOCK, object);
    uint16_t flags = lock_kind_flags(TRACE_LOCK_RWLOCK, object);
    end_reading(view);
    if (writer == view->state->kernel_tid)
        return;
    if (writer)
        ask_owner(asking, writer, flags);
    else if (!(view->mode & TRACE_MODE_READ))
        ask_all(asking);
    else if (flags & TRACE_LOCK_WRITER_QUEUES)
        ask_queued_writers(asking);
}

static void ask_end_of_thread(struct asking *asking)
{
    const struct shim_thread *state = (const void *)(uintptr_t)asking->view->address;
    if (__atomic_load_n(&state->id, __ATOMIC_ACQUIRE) == asking->view->other && !is_gone(state))
        tell(asking, state->index);
}

/* The lock of a condition may be another library's. */
static bool is_pthread_mutex(const struct wait_view *view)
{
    struct lock_entry entry;
    return lock_table_get((const void *)(uintptr_t)view->other, view->lock, &entry) &&
           entry.kind == TRACE_LOCK_MUTEX;
}

void wait_graph_waits_for(const struct wait_view *view,
                          void (*found)(uint32_t thread, void *context), void *context)
{
    struct asking asking = {.view = view, .found = found, .context = context};
    switch (view->kind) {
    case TRACE_LOCK_MUTEX:
        ask_mutex(&asking, (const void *)(uintptr_t)view->address, true);
        break;
    case TRACE_WAIT_CONDITION:
        if (is_pthread_mutex(view))
            ask_mutex(&asking, (const void *)(uintptr_t)view->other, false);
        else
            ask_all(&asking);
        break;
    case TRACE_LOCK_RWLOCK:
        ask_rwlock(&asking);
        break;
    case TRACE_LOCK_THREAD:
        ask_end_of_thread(&asking);
        break;
    case TRACE_LOCK_QREADWRITELOCK:
        ask_all(&asking);
        if (view->mode & TRACE_MODE_READ)
            ask_queued_writers(&asking);
        break;
    default:
        ask_all(&asking);
    }
}
