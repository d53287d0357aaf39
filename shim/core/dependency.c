#include "shim/core/dependency.h"

#include <stddef.h>

#include "shim/capture/stack.h"
#include "shim/core/chain_table.h"
#include "shim/core/lock_table.h"
#include "shim/platform/clock.h"
#include "shim/platform/recording.h"

enum { MODE_BITS = 15 };

static void write_what_it_names(const struct trace_held *entry)
{
    lock_table_record((const void *)(uintptr_t)entry->address, entry->lock);
    stack_record(stack_by_id(entry->stack));
}

static void write_held(struct trace_dependency *record, const struct trace_held *held,
                       uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        record->held[i] = (struct trace_dependency_held){
            .lock = held[i].lock,
            .stack = held[i].stack,
            .mode = held[i].site_mode & MODE_BITS,
            .count = held[i].count,
        };
    }
}

static bool is_end_of_thread(const struct trace_held *entry)
{
    struct lock_entry lock;
    return lock_table_get((const void *)(uintptr_t)entry->address, entry->lock, &lock) &&
           lock.kind == TRACE_LOCK_THREAD;
}

static void note_in_chains(const struct trace_held *entry, struct trace_dependency *record)
{
    if (!entry->chain) {
        chain_table_keep_record(entry->lock);
        return;
    }
    chain_table_note(entry->chain, record);
    if (is_end_of_thread(entry))
        chain_table_keep(entry->chain);
}

/* `thread` in `segment` requests the lock of `entry` under `count` locks. */
static void write_dependency(uint32_t thread, uint32_t segment, const struct trace_held *entry,
                             const struct trace_held *held, uint32_t count)
{
    size_t bytes = sizeof(struct trace_dependency) + count * sizeof(struct trace_dependency_held);
    recording_lock();
    write_what_it_names(entry);
    for (uint32_t i = 0; i < count; i++)
        write_what_it_names(&held[i]);
    struct trace_dependency *record = recording_reserve(bytes);
    if (record) {
        record->thread = thread;
        record->segment = segment;
        record->lock = entry->lock;
        record->mode = entry->site_mode & MODE_BITS;
        record->stack = entry->stack;
        record->held_count = count;
        record->time_ns = clock_coarse_ns();
        write_held(record, held, count);
        recording_publish(record, TRACE_DEPENDENCY, bytes);
        note_in_chains(entry, record);
    }
    recording_unlock();
    recording_count_seen(0, 0, 1);
}

void dependency_record(struct shim_thread *self, const struct trace_held *entry)
{
    thread_note_name(self);
    write_dependency(self->id, self->segment, entry, self->held, thread_held_count(self));
    self->dependencies++;
}

void dependency_record_lone(uint32_t thread, const struct lone_request *request)
{
    const struct trace_held entry = {.address = request->address,
                                     .lock = request->lock,
                                     .stack = request->stack,
                                     .site_mode = request->mode};
    write_dependency(thread, request->segment, &entry, NULL, 0);
}

static void write_mark(const struct lock_entry *lock, uint16_t marks, uint32_t thread,
                       uint32_t stack)
{
    recording_lock();
    uint32_t written_stack = stack_record(stack_by_id(stack));
    struct trace_lock_mark *record = recording_reserve(sizeof(*record));
    if (record) {
        record->lock = lock->id;
        record->marks = marks;
        record->thread = thread;
        record->stack = written_stack;
        recording_publish(record, TRACE_LOCK_MARK, sizeof(*record));
    }
    recording_unlock();
}

/* Marked before it is written of: lock_table_record takes over what it finds marked. */
uint32_t dependency_mark(struct shim_thread *self, const void *object, uint16_t marks,
                         enum dependency_mark when, uint32_t stack)
{
    struct lock_entry before = {0};
    uint32_t lock = lock_table_find(object);
    if (lock_table_get(object, lock, &before) && (before.marks & marks) == marks)
        return 0;
    before.id = 0;
    if (when == MARK_ALWAYS) {
        recording_lock();
        lock_table_record(object, lock);
        recording_unlock();
    }
    if (lock_table_mark(object, marks, &before) && before.written == recording_epoch)
        write_mark(&before, marks, self->id, stack);
    return before.id;
}
