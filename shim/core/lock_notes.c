#include "shim/core/lock_notes.h"

#include <string.h>

#include "shim/capture/stack.h"
#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"
#include "shim/platform/recording.h"

enum { BUCKETS = 256 };

struct name {
    uint32_t next; /* the pool's link while free, the bucket's while in use */
    uint32_t id;
    uint32_t written; /* recording_epoch */
    char text[LOCK_NAME_BYTES];
};

/* An order is written once both its locks are in the recording. */
struct order {
    uint32_t next; /* as above, in the list of all */
    uint32_t before, after;
    uint32_t before_written, after_written, written; /* recording_epoch */
    uint32_t thread, stack;
};

/* Protects all of it. Taken last: nothing else is locked inside. */
static struct inner_lock lock;
static struct pool names = POOL_INIT(struct name, 64);
static struct pool orders = POOL_INIT(struct order, 64);
static uint32_t buckets[BUCKETS], first_order;

static struct name *name_at(uint32_t index)
{
    return pool_at(&names, index);
}

static struct order *order_at(uint32_t index)
{
    return pool_at(&orders, index);
}

/* The link that leads to the name of `id`; to 0 if it has none. */
static uint32_t *find_name(uint32_t id)
{
    uint32_t *link = &buckets[id % BUCKETS];
    while (*link && name_at(*link)->id != id)
        link = &name_at(*link)->next;
    return link;
}

static uint32_t add_name(uint32_t id)
{
    uint32_t index = pool_alloc(&names);
    if (index) {
        name_at(index)->id = id;
        name_at(index)->next = buckets[id % BUCKETS];
        buckets[id % BUCKETS] = index;
    }
    return index;
}

_Bool lock_notes_name(uint32_t id, const char *text)
{
    inner_lock_acquire(&lock);
    uint32_t index = *find_name(id);
    if (!index)
        index = add_name(id);
    if (index) {
        struct name *name = name_at(index);
        size_t length = strnlen(text, LOCK_NAME_BYTES - 1);
        memcpy(name->text, text, length);
        name->text[length] = '\0';
        name->written = 0;
    }
    inner_lock_release(&lock);
    return index != 0;
}

static uint32_t find_order(uint32_t before, uint32_t after)
{
    uint32_t index = first_order;
    while (index && (order_at(index)->before != before || order_at(index)->after != after))
        index = order_at(index)->next;
    return index;
}

_Bool lock_notes_order(uint32_t before, uint32_t after, uint32_t thread, uint32_t stack)
{
    inner_lock_acquire(&lock);
    uint32_t index = find_order(before, after);
    if (!index && (index = pool_alloc(&orders))) {
        *order_at(index) = (struct order){.next = first_order,
                                          .before = before,
                                          .after = after,
                                          .thread = thread,
                                          .stack = stack};
        first_order = index;
    }
    inner_lock_release(&lock);
    return index != 0;
}

void lock_notes_move(uint32_t from, uint32_t to)
{
    inner_lock_acquire(&lock);
    uint32_t *link = find_name(from), index = *link;
    if (index) {
        *link = name_at(index)->next;
        name_at(index)->id = to;
        name_at(index)->next = buckets[to % BUCKETS];
        buckets[to % BUCKETS] = index;
    }
    for (index = first_order; index; index = order_at(index)->next) {
        if (order_at(index)->before == from)
            order_at(index)->before = to;
        if (order_at(index)->after == from)
            order_at(index)->after = to;
    }
    inner_lock_release(&lock);
}

void lock_notes_drop(uint32_t id)
{
    inner_lock_acquire(&lock);
    uint32_t *link = find_name(id), index = *link;
    if (index) {
        *link = name_at(index)->next;
        pool_free(&names, index);
    }
    for (link = &first_order; (index = *link);) {
        struct order *order = order_at(index);
        if (order->before == id || order->after == id) {
            *link = order->next;
            pool_free(&orders, index);
        } else {
            link = &order->next;
        }
    }
    inner_lock_release(&lock);
}

static void write_name(struct name *name)
{
    size_t bytes = strlen(name->text) + 1;
    struct trace_lock_name *record = recording_reserve(sizeof(*record) + bytes);
    if (!record)
        return;
    record->lock = name->id;
    record->text_bytes = (uint32_t)bytes;
    memcpy(record->text, name->text, bytes);
    recording_publish(record, TRACE_LOCK_NAME, sizeof(*record) + bytes);
    name->written = recording_epoch;
}

static void write_order(struct order *order)
{
    uint32_t stack = stack_record(stack_by_id(order->stack));
    struct trace_lock_order *record = recording_reserve(sizeof(*record));
    if (!record)
        return;
    record->before = order->before;
    record->after = order->after;
    record->thread = order->thread;
    record->stack = stack;
    recording_publish(record, TRACE_LOCK_ORDER, sizeof(*record));
    order->written = recording_epoch;
}

void lock_notes_record(uint32_t id)
{
    inner_lock_acquire(&lock);
    uint32_t index = *find_name(id);
    if (index && name_at(index)->written != recording_epoch)
        write_name(name_at(index));
    for (index = first_order; index; index = order_at(index)->next) {
        struct order *order = order_at(index);
        if (order->before == id)
            order->before_written = recording_epoch;
        if (order->after == id)
            order->after_written = recording_epoch;
        if (order->before_written == recording_epoch && order->after_written == recording_epoch &&
            order->written != recording_epoch)
            write_order(order);
    }
    inner_lock_release(&lock);
}

void lock_notes_after_fork(void)
{
    inner_lock_reset(&lock);
}
