#include "shim/core/dependency.h"

#include <time.h>

#include "shim/capture/stack.h"
#include "shim/core/chain_table.h"
#include "shim/core/lock_table.h"
#include "shim/platform/recording.h"

enum { MODE_BITS = 15 };

static uint64_t coarse_time_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void write_what_it_names(const struct trace_held *entry)
{
    lock_table_record((const void *)(uintptr_t)entry->address, entry->lock);
    stack_record(stack_by_id(entry->stack));
}

void dependency_record(struct shim_thread *self, const struct trace_held *entry)
{
    const struct trace_held *held = self->held;
    uint32_t count = thread_held_count(self);
    size_t bytes = sizeof(struct trace_dependency) + count * sizeof(struct trace_dependency_held);
    thread_note_name(self);
    recording_lock();
    write_what_it_names(entry);
    for (uint32_t i = 0; i < count; i++)
        write_what_it_names(&held[i]);
    struct trace_dependency *record = recording_reserve(bytes);
    if (record) {
        record->thread = self->id;
        record->segment = self->segment;
        record->lock = entry->lock;
        record->mode = entry->site_mode & MODE_BITS;
        record->stack = entry->stack;
        record->held_count = count;
        record->time_ns = coarse_time_ns();
        for (uint32_t i = 0; i < count; i++) {
            record->held[i] = (struct trace_dependency_held){
                .lock = held[i].lock,
                .stack = held[i].stack,
                .mode = held[i].site_mode & MODE_BITS,
                .count = held[i].count,
            };
        }
        recording_publish(record, TRACE_DEPENDENCY, bytes);
        chain_table_note(entry->chain, record);
    }
    recording_unlock();
    recording_count_seen(0, 0, 1);
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
    if (when == MARK_ALWAYS) {
        recording_lock();
        lock_table_record(object, lock_table_find(object));
        recording_unlock();
    }
    if (lock_table_mark(object, marks, &before) && before.written == recording_epoch)
        write_mark(&before, marks, self->id, stack);
    return before.id;
}
