#include "shim/core/wakes.h"

#include <errno.h>
#include <string.h>

#include "shim/capture/stack.h"
#include "shim/core/events.h"
#include "shim/core/lifecycle.h"
#include "shim/core/lock_kind.h"
#include "shim/core/lock_table.h"
#include "shim/core/thread.h"
#include "shim/platform/clock.h"
#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"
#include "shim/platform/recording.h"

/* By the instance's index in the lock table, in pages made when needed. */
enum { PAGE_LOG = 8, PAGES = 1 << 14, PAGE_MASK = (1 << PAGE_LOG) - 1 };

static struct wake_record *pages[PAGES];
static struct inner_lock lock; /* protects the making of pages and the beginning of records */

static struct wake_record *record_at(uint32_t index)
{
    uint32_t page = index >> PAGE_LOG;
    struct wake_record *records =
        page < PAGES ? __atomic_load_n(&pages[page], __ATOMIC_ACQUIRE) : NULL;
    return records ? &records[index & PAGE_MASK] : NULL;
}

struct wake_record *wakes_find(const void *object)
{
    uint32_t index, id = lock_table_find_index(object, &index);
    struct wake_record *record = id ? record_at(index) : NULL;
    return record && atomic_load_explicit(&record->lock, memory_order_acquire) == id ? record
                                                                                     : NULL;
}

/* Under the lock. */
static struct wake_record *make_record(uint32_t index)
{
    uint32_t page = index >> PAGE_LOG;
    if (page >= PAGES)
        return NULL;
    if (!pages[page]) {
        struct wake_record *made = memory_map(sizeof(*made) << PAGE_LOG);
        __atomic_store_n(&pages[page], made, __ATOMIC_RELEASE);
    }
    return record_at(index);
}

static struct wake_record *begin_record(const void *object)
{
    inner_lock_acquire(&lock);
    uint32_t index, id = lock_table_find_index(object, &index);
    struct wake_record *record = id ? make_record(index) : NULL;
    if (record && atomic_load_explicit(&record->lock, memory_order_relaxed) != id) {
        atomic_store_explicit(&record->lock, 0, memory_order_relaxed);
        memset(record, 0, sizeof(*record));
        atomic_store_explicit(&record->lock, id, memory_order_release);
    }
    inner_lock_release(&lock);
    return record;
}

static void make_known(struct shim_thread *self, const void *object, enum trace_lock_kind kind,
                       uintptr_t address, uintptr_t pointer)
{
    const struct known_stack *stack = thread_capture(self, address, pointer);
    struct lock_birth birth = {.kind = (uint16_t)kind,
                               .flags = lock_kind_flags(kind, object),
                               .stack = stack ? stack->id : 0,
                               .thread = self->id};
    lock_table_enter(object, &birth);
}

struct wake_record *wakes_enter(const void *object, enum trace_lock_kind kind, uintptr_t address,
                                uintptr_t pointer)
{
    struct wake_record *record = wakes_find(object);
    if (record)
        return record;
    lifecycle_start_early(address);
    struct shim_thread *self = thread_enter();
    if (!self)
        return NULL;
    int saved_errno = errno;
    thread_guard(self, pointer);
    if (kind != TRACE_LOCK_SEMAPHORE)
        make_known(self, object, kind, address, pointer);
    record = begin_record(object);
    thread_unguard(self);
    errno = saved_errno;
    return record;
}

static uint32_t stack_of(struct shim_thread *self, uintptr_t address, uintptr_t pointer)
{
    const struct stack_cache_entry *caller = stack_cache_find(&self->stacks, address, pointer);
    if (caller)
        return caller->id;
    if (!(self = thread_enter()))
        return 0;
    int saved_errno = errno;
    thread_guard(self, pointer);
    const struct known_stack *stack = thread_capture(self, address, pointer);
    thread_unguard(self);
    errno = saved_errno;
    return stack ? stack->id : 0;
}

static uint64_t wake(uint64_t now, bool all)
{
    uint64_t waiting = wakes_waiting(now), woken = wakes_woken(now);
    if (woken >= waiting)
        return now;
    return (all ? waiting : woken + 1) << 32 | waiting;
}

static void store(atomic_uint *field, uint32_t value)
{
    atomic_store_explicit(field, value, memory_order_relaxed);
}

/* Of two at once one may not be counted: a number for people, not worth a locked instruction. */
static void count_one(atomic_uint *field)
{
    store(field, atomic_load_explicit(field, memory_order_relaxed) + 1);
}

void wakes_signal(const void *object, enum trace_lock_kind kind, bool all, uintptr_t address,
                  uintptr_t pointer)
{
    struct wake_record *record = wakes_enter(object, kind, address, pointer);
    struct shim_thread *self = thread_self;
    if (kind == TRACE_LOCK_CONDITION)
        events_of_object(all ? TRACE_EVENT_BROADCAST : TRACE_EVENT_SIGNAL, 0, object, address,
                         pointer);
    if (!record)
        return;
    uint64_t before = atomic_load_explicit(&record->now, memory_order_relaxed), after;
    do {
        after = wake(before, all);
    } while (after != before &&
             !atomic_compare_exchange_weak_explicit(&record->now, &before, after,
                                                    memory_order_seq_cst, memory_order_relaxed));
    count_one(&record->wakes);
    store(&record->thread, self->id);
    store(&record->stack, stack_of(self, address, pointer));
    store(&record->waiting, wakes_waiting(before) - wakes_woken(before));
    atomic_store_explicit(&record->time_ns, clock_coarse_ns(), memory_order_relaxed);
}

void wakes_count_wait(struct wake_record *record)
{
    if (record)
        count_one(&record->waits);
}

void wakes_wait_begin(struct wake_record *record)
{
    wakes_count_wait(record);
    if (record)
        atomic_fetch_add_explicit(&record->now, 1, memory_order_seq_cst);
}

/* One less waits. One less is woken if this one was, and never more than wait. */
static uint64_t leave(uint64_t now, bool was_woken)
{
    uint64_t waiting = wakes_waiting(now), woken = wakes_woken(now);
    waiting -= waiting != 0;
    woken -= was_woken && woken != 0;
    return (woken < waiting ? woken : waiting) << 32 | waiting;
}

void wakes_wait_end(struct wake_record *record, bool woken)
{
    if (!record)
        return;
    uint64_t now = atomic_load_explicit(&record->now, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&record->now, &now, leave(now, woken),
                                                  memory_order_seq_cst, memory_order_relaxed))
        ;
}

bool wakes_arrive(struct wake_record *record)
{
    uint64_t now = atomic_load_explicit(&record->now, memory_order_relaxed), next;
    uint32_t needed = atomic_load_explicit(&record->needed, memory_order_relaxed);
    bool is_last;
    count_one(&record->waits);
    do {
        next = now + 1;
        is_last = wakes_waiting(next) - wakes_woken(next) == needed;
        if (is_last)
            next += (uint64_t)needed << 32;
    } while (!atomic_compare_exchange_weak_explicit(&record->now, &now, next, memory_order_seq_cst,
                                                    memory_order_relaxed));
    return is_last;
}

void wakes_after_fork(void)
{
    inner_lock_reset(&lock);
    for (uint32_t page = 0; page < PAGES; page++) {
        for (uint32_t i = 0; pages[page] && i <= PAGE_MASK; i++)
            atomic_store_explicit(&pages[page][i].now, 0, memory_order_relaxed);
    }
}

static uint32_t get(const atomic_uint *field)
{
    return atomic_load_explicit(field, memory_order_relaxed);
}

void wakes_write(const void *object, uint32_t id)
{
    const struct wake_record *known = wakes_find(object);
    if (!known || get(&known->lock) != id)
        return;
    uint32_t stack = stack_record(stack_by_id(get(&known->stack)));
    struct trace_wakes *record = recording_reserve(sizeof(*record));
    if (!record)
        return;
    uint64_t now = atomic_load_explicit(&known->now, memory_order_relaxed);
    record->lock = id;
    record->needed = get(&known->needed);
    record->waiting = wakes_waiting(now) - wakes_woken(now);
    record->waits = get(&known->waits);
    record->wakes = get(&known->wakes);
    record->last_thread = get(&known->thread);
    record->last_stack = stack;
    record->last_waiting = get(&known->waiting);
    record->last_time_ns = atomic_load_explicit(&known->time_ns, memory_order_relaxed);
    recording_publish(record, TRACE_WAKES, sizeof(*record));
}
