/* A deadlock in the recording: everything it names first, then the record itself. */
#include "shim/core/deadlock.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "shim/capture/module.h"
#include "shim/capture/stack.h"
#include "shim/core/blocked.h"
#include "shim/core/lock_table.h"
#include "shim/core/orphan.h"
#include "shim/core/wakes.h"
#include "shim/platform/clock.h"
#include "shim/platform/recording.h"

enum { MODE_BITS = 15 };

static uint32_t held_count(const struct wait_view *view)
{
    uint32_t count = __atomic_load_n(&view->live->held_count, __ATOMIC_ACQUIRE);
    return count <= view->live->capacity ? count : 0;
}

static void write_what_it_names(const struct wait_view *view)
{
    const void *object = (const void *)(uintptr_t)view->address;
    if (view->lock)
        lock_table_record(object, view->lock);
    if (view->lock && view->kind == TRACE_WAIT_CONDITION)
        lock_table_record((const void *)(uintptr_t)view->other, view->lock);
    if (view->lock && blocked_for_any(view))
        wakes_write(object, view->lock);
    stack_record(stack_by_id(view->stack));
    for (uint32_t i = 0; i < held_count(view); i++) {
        const struct trace_held *held = &view->live->held[i];
        lock_table_record((const void *)(uintptr_t)held->address, held->lock);
        stack_record(stack_by_id(held->stack));
    }
}

/* A thread of the parent has no record in the child's file. */
static void write_gone(const struct orphan *gone)
{
    lock_table_record((const void *)(uintptr_t)gone->address, gone->held.lock);
    stack_record(stack_by_id(gone->held.stack));
    if (gone->is_of_parent)
        thread_describe_other(gone);
}

static struct trace_dependency_held *fill_thread(struct trace_deadlock_thread *to,
                                                 const struct wait_view *view, uint32_t waits_for,
                                                 struct trace_dependency_held *held)
{
    *to = (struct trace_deadlock_thread){
        .thread = view->id,
        .wanted_kind = view->kind,
        .wanted_mode = view->mode,
        .wanted_lock = view->lock,
        .wanted_stack = view->stack,
        .wanted_address = lock_object_place(view->address),
        .wanted_other = view->other,
        .wanted_since_ns = view->since_ns,
        .waits_for = waits_for,
        .held_count = held_count(view),
        .pid = view->pid,
        .kernel_tid = view->live->kernel_tid,
    };
    for (uint32_t i = 0; i < to->held_count; i++) {
        const struct trace_held *entry = &view->live->held[i];
        *held++ = (struct trace_dependency_held){.lock = entry->lock,
                                                 .stack = entry->stack,
                                                 .mode = entry->site_mode & MODE_BITS,
                                                 .count = entry->count};
    }
    return held;
}

/* Whom the thread at `place` waits for: the next of the set; one of those before it. Where everyone
 * is blocked, whoever holds what it wants. */
static uint32_t waited_for(const struct deadlock *deadlock, uint32_t place)
{
    if (deadlock->sort == TRACE_DEADLOCK_EVERYONE)
        return deadlock_waits_for_one_of(&deadlock->threads[place], deadlock->threads,
                                         deadlock->set_count + deadlock->stuck_count);
    if (place + 1 < deadlock->set_count)
        return deadlock->threads[place + 1].id;
    if (place < deadlock->set_count)
        return deadlock->is_owner_gone ? deadlock->gone_thread : deadlock->threads[0].id;
    return deadlock_waits_for_one_of(&deadlock->threads[place], deadlock->threads, place);
}

/* Where it was taken is not known of every lock that was left. */
static struct trace_dependency_held left_lock(const struct deadlock *deadlock)
{
    const struct trace_dependency_held unseen = {.lock = deadlock->threads[0].lock, .count = 1};
    return deadlock->gone ? deadlock->gone->held : unseen;
}

static void fill(struct trace_deadlock *record, const struct deadlock *deadlock)
{
    uint32_t total = deadlock->set_count + deadlock->stuck_count;
    uint32_t with_gone = total + deadlock->is_owner_gone, at = 0;
    struct trace_dependency_held *held = (void *)&record->threads[with_gone];
    record->sort = deadlock->sort;
    record->flags = (deadlock->is_suspected ? TRACE_DEADLOCK_SUSPECTED : 0) |
                    (deadlock->ends_program ? TRACE_DEADLOCK_ENDED : 0);
    record->set_count = deadlock->set_count + deadlock->is_owner_gone;
    record->stuck_count = deadlock->stuck_count;
    record->time_ns = clock_coarse_ns();
    for (uint32_t i = 0; i < total; i++) {
        held = fill_thread(&record->threads[at++], &deadlock->threads[i], waited_for(deadlock, i),
                           held);
        if (i + 1 == deadlock->set_count && deadlock->is_owner_gone) {
            record->threads[at++] = (struct trace_deadlock_thread){
                .thread = deadlock->gone_thread,
                .held_count = deadlock->threads[0].lock != 0,
                .pid = deadlock->gone ? deadlock->gone->pid : 0,
                .kernel_tid = deadlock->gone ? deadlock->gone->kernel_tid : 0,
            };
            if (deadlock->threads[0].lock)
                *held++ = left_lock(deadlock);
        }
    }
}

static void write_record(const struct deadlock *deadlock)
{
    uint32_t total = deadlock->set_count + deadlock->stuck_count + deadlock->is_owner_gone;
    uint64_t held = deadlock->is_owner_gone && deadlock->threads[0].lock;
    for (uint32_t i = 0; i < deadlock->set_count + deadlock->stuck_count; i++)
        held += held_count(&deadlock->threads[i]);
    size_t bytes = sizeof(struct trace_deadlock) + total * sizeof(struct trace_deadlock_thread) +
                   held * sizeof(struct trace_dependency_held);
    struct trace_deadlock *record = recording_reserve(bytes);
    if (!record)
        return;
    fill(record, deadlock);
    recording_publish(record, TRACE_DEADLOCK, bytes);
}

/* A join under no lock requested nothing; in the record the end of the thread has a name. */
static void name_awaited(struct wait_view *view)
{
    struct shim_thread *awaited = (void *)(uintptr_t)view->address;
    if (view->kind != TRACE_LOCK_THREAD || view->lock)
        return;
    lone_requests_await(awaited);
    view->lock = lock_table_find(awaited);
}

/* In a circle it is the mutex of a condition that counts, among those whom nobody wakes the
 * condition itself. */
static void name_condition(struct wait_view *view)
{
    if (view->kind == TRACE_WAIT_CONDITION)
        view->lock = lock_table_find((const void *)(uintptr_t)view->address);
}

void deadlock_record(const struct deadlock *deadlock)
{
    uint32_t total = deadlock->set_count + deadlock->stuck_count;
    for (uint32_t i = 0; i < total; i++) {
        if (deadlock->threads[i].pid)
            continue;
        thread_note_name_of(deadlock->threads[i].state);
        name_awaited(&deadlock->threads[i]);
        if (deadlock->sort == TRACE_DEADLOCK_EVERYONE)
            name_condition(&deadlock->threads[i]);
    }
    recording_lock();
    for (uint32_t i = 0; i < total; i++) {
        if (!deadlock->threads[i].pid)
            write_what_it_names(&deadlock->threads[i]);
    }
    if (deadlock->gone && !deadlock->gone->pid)
        write_gone(deadlock->gone);
    write_record(deadlock);
    recording_unlock();
}
