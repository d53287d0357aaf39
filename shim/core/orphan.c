#include "shim/core/orphan.h"

#include <string.h>

#include "shim/core/lock_table.h"
#include "shim/core/thread.h"
#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"

enum { FIRST_CAPACITY = 32, MODE_BITS = 15 };

atomic_bool orphan_may_exist;

static struct inner_lock lock;

struct orphans {
    struct orphan *items;
    uint32_t count, capacity;
};
static struct orphans orphans; /* under the lock */

/* In memory a fork child keeps: what threads hold as one of them forks. */
static __thread struct orphans at_fork __attribute__((tls_model("initial-exec")));

static bool is_live(const struct orphan *orphan)
{
    return lock_table_find((const void *)(uintptr_t)orphan->address) == orphan->held.lock;
}

static void drop_ended(struct orphans *list)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        if (is_live(&list->items[i]))
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

static void release(struct orphans *list)
{
    memory_unmap(list->items, list->capacity * sizeof(list->items[0]));
    *list = (struct orphans){0};
}

/* Twice the room, unless half of it was for locks that have ended. */
static bool make_room(struct orphans *list)
{
    if (list->count < list->capacity)
        return true;
    drop_ended(list);
    if (list->capacity && list->count <= list->capacity / 2)
        return true;
    struct orphans larger = {.capacity = list->capacity ? list->capacity * 2 : FIRST_CAPACITY,
                             .count = list->count};
    larger.items = memory_map(larger.capacity * sizeof(larger.items[0]));
    if (!larger.items)
        return list->count < list->capacity;
    if (list->count)
        memcpy(larger.items, list->items, list->count * sizeof(larger.items[0]));
    release(list);
    *list = larger;
    return true;
}

static void add(struct orphans *list, const struct shim_thread *holder,
                const struct trace_held *entry)
{
    if (!entry->lock || !make_room(list))
        return;
    struct orphan *orphan = &list->items[list->count++];
    *orphan = (struct orphan){
        .address = entry->address,
        .held = {.lock = entry->lock,
                 .stack = entry->stack,
                 .mode = entry->site_mode & MODE_BITS,
                 .count = entry->count},
        .thread = holder->id,
        .kernel_tid = holder->kernel_tid,
        .created_stack = holder->created_stack,
        .start_routine = holder->start_routine,
    };
    memcpy(orphan->name, holder->name, sizeof(orphan->name));
}

static void add_held(struct orphans *list, const struct shim_thread *holder)
{
    const struct trace_live *live = holder->live;
    uint32_t count = __atomic_load_n(&live->held_count, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; i < count && i < live->capacity; i++)
        add(list, holder, &live->held[i]);
}

void orphan_add_all_of(const struct shim_thread *gone)
{
    inner_lock_acquire(&lock);
    add_held(&orphans, gone);
    inner_lock_release(&lock);
    atomic_store_explicit(&orphan_may_exist, true, memory_order_seq_cst);
}

bool orphan_get(uint32_t id, struct orphan *orphan)
{
    bool found = false;
    if (!orphan_any())
        return false;
    inner_lock_acquire(&lock);
    for (uint32_t i = 0; i < orphans.count && !found; i++) {
        found = orphans.items[i].held.lock == id && is_live(&orphans.items[i]);
        if (found)
            *orphan = orphans.items[i];
    }
    inner_lock_release(&lock);
    return found;
}

bool orphan_find(uint32_t id)
{
    struct orphan orphan;
    return orphan_get(id, &orphan);
}

/* What a thread takes or releases while we look may be told or not; the locks themselves say the
 * rest in the child. */
void orphan_fork_prepare(const struct shim_thread *self)
{
    for (uint32_t i = 1; i <= thread_highest(); i++) {
        const struct shim_thread *state = thread_at(i);
        if (state && state != self && state->id && state->live)
            add_held(&at_fork, state);
    }
}

void orphan_fork_parent(void)
{
    release(&at_fork);
}

void orphan_after_fork(void)
{
    inner_lock_reset(&lock);
    for (uint32_t i = 0; i < at_fork.count; i++) {
        at_fork.items[i].is_of_parent = true;
        if (make_room(&orphans))
            orphans.items[orphans.count++] = at_fork.items[i];
    }
    if (at_fork.count)
        atomic_store_explicit(&orphan_may_exist, true, memory_order_relaxed);
    release(&at_fork);
}
