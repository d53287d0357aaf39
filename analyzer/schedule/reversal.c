#include "analyzer/schedule/reversal.h"

#define NOBODY  UINT32_MAX
#define NO_ITEM UINT32_MAX
/* Looks at events that one run may take for each event in it. */
#define LOOKS_FACTOR 64

/* An event of the set. Items are numbered in the order of the trace. */
struct item {
    uint32_t position, index; /* in the trace, in its thread */
    uint32_t next;            /* item of the thread */
    uint32_t source;          /* READ: the item that wrote what it saw; NO_ITEM: none did */
    uint32_t readers;         /* WRITE: reads of it that are to come */
    bool stays_open;          /* ACQUIRE: its section does */
};

struct thread_run {
    uint32_t first, last; /* items while they are listed; first: the one to come */
    uint32_t done;        /* events taken */
    size_t next_edge, next_wake, next_section;
};

struct object_run {
    bool is_listed;
    uint32_t writer; /* of a lock: who has it for writing */
    uint32_t reader_count;
    /* Of a lock: sections to come that do not stay open. Of a variable: reads to come of its first
     * value. */
    uint32_t pending, pending_writers;
    uint32_t written; /* the last write's item */
};

struct reversal {
    struct arena *arena;
    const struct schedule_index *index;
    const struct closure *closure;
    struct thread_run *threads; /* and hubs */
    struct object_run *objects;
    ARRAY(struct item) items;
    ARRAY(uint32_t) used_objects;
    ARRAY(uint32_t) heap;   /* items whose threads are to be looked at, lowest first */
    ARRAY(uint32_t) parked; /* items that could not happen */
    ARRAY(uint32_t) order;
    uint64_t work;
};

struct reversal *reversal_create(struct arena *arena, const struct schedule_index *index)
{
    struct reversal *reversal = arena_alloc(arena, 1, sizeof *reversal);

    reversal->arena = arena;
    reversal->index = index;
    reversal->threads = arena_alloc(arena, index->thread_count, sizeof *reversal->threads);
    reversal->objects = arena_alloc(arena, index->trace->object_count, sizeof *reversal->objects);
    return reversal;
}

uint64_t reversal_work(const struct reversal *reversal)
{
    return reversal->work;
}

static const struct sync_event *event_of(const struct reversal *reversal, const struct item *item)
{
    return &reversal->index->trace->events[item->position];
}

/* Whether a lock's state matters: others use it, and it is used as a lock. */
static bool excludes(const struct reversal *reversal, uint32_t object)
{
    const struct abstract_requests *requests = reversal->index->requests;
    return requests->is_shared[object] && !requests->is_signal[object];
}

static struct object_run *use_object(struct reversal *reversal, uint32_t object)
{
    struct object_run *run = &reversal->objects[object];

    if (!run->is_listed) {
        *run = (struct object_run){.is_listed = true, .writer = NOBODY, .written = NO_ITEM};
        *array_add(reversal->arena, &reversal->used_objects) = object;
    }
    return run;
}

static void reset(struct reversal *reversal, const struct closure *closure)
{
    reversal->closure = closure;
    for (uint32_t i = 0; i < reversal->index->thread_count; i++)
        reversal->threads[i] = (struct thread_run){.first = NO_ITEM};
    for (size_t i = 0; i < reversal->used_objects.count; i++)
        reversal->objects[reversal->used_objects.items[i]].is_listed = false;
    reversal->used_objects.count = 0;
    reversal->items.count = 0;
    reversal->heap.count = 0;
    reversal->parked.count = 0;
    reversal->order.count = 0;
}

/* Counts a section among those to come, unless it stays open. */
static void note_section(struct reversal *reversal, const struct sync_event *event,
                         struct thread_run *thread, struct item *item)
{
    const struct thread_index *index = &reversal->index->threads[event->thread];
    struct object_run *object = use_object(reversal, event->object);

    while (thread->next_section < index->sections.count &&
           index->sections.items[thread->next_section].acquired < item->index)
        thread->next_section++;
    if (thread->next_section == index->sections.count)
        return;
    const struct section *section = &index->sections.items[thread->next_section];
    item->stays_open = section->released == 0 ||
                       section->released > closure_reach(reversal->closure, event->thread);
    if (!item->stays_open) {
        object->pending++;
        object->pending_writers += (event->mode & SYNC_READER) == 0;
    }
}

static void note_item(struct reversal *reversal, uint32_t number)
{
    struct item *item = &reversal->items.items[number];
    const struct sync_event *event = event_of(reversal, item);
    struct object_run *object;

    if (event->kind == SYNC_ACQUIRE && excludes(reversal, event->object))
        note_section(reversal, event, &reversal->threads[event->thread], item);
    if (event->kind != SYNC_READ && event->kind != SYNC_WRITE)
        return;
    object = use_object(reversal, event->object);
    if (event->kind == SYNC_WRITE) {
        object->written = number;
        return;
    }
    item->source = object->written;
    if (object->written != NO_ITEM)
        reversal->items.items[object->written].readers++;
    else
        object->pending++;
}

/* Lists the events of the set, each thread's in a row. */
static void list_items(struct reversal *reversal)
{
    const struct sync_trace *trace = reversal->index->trace;
    size_t left = 0;

    for (uint32_t i = 0; i < trace->thread_count; i++)
        left += closure_reach(reversal->closure, i);
    for (size_t i = 0; i < trace->event_count && left > 0; i++) {
        struct thread_run *thread = &reversal->threads[trace->events[i].thread];
        uint32_t number = (uint32_t)reversal->items.count;
        thread->done++;
        if (thread->done > closure_reach(reversal->closure, trace->events[i].thread))
            continue;
        *array_add(reversal->arena, &reversal->items) = (struct item){
            .position = (uint32_t)i, .index = thread->done, .next = NO_ITEM, .source = NO_ITEM};
        if (thread->first == NO_ITEM)
            thread->first = number;
        else
            reversal->items.items[thread->last].next = number;
        thread->last = number;
        note_item(reversal, number);
        left--;
    }
    for (uint32_t i = 0; i < trace->thread_count; i++)
        reversal->threads[i].done = 0;
    for (size_t i = 0; i < reversal->used_objects.count; i++)
        reversal->objects[reversal->used_objects.items[i]].written = NO_ITEM;
}

static bool edges_permit(struct reversal *reversal, uint32_t thread, uint32_t index);

/* A hub's event has happened when all that leads into it has. */
static bool has_happened(struct reversal *reversal, uint32_t thread, uint32_t index)
{
    if (thread < reversal->index->trace->thread_count)
        return reversal->threads[thread].done >= index;
    const struct thread_index *hub = &reversal->index->threads[thread];
    struct thread_run *run = &reversal->threads[thread];
    for (; run->next_edge < hub->edges.count && hub->edges.items[run->next_edge].index <= index;
         run->next_edge++) {
        const struct edge *edge = &hub->edges.items[run->next_edge];
        if (reversal->threads[edge->thread].done < edge->from)
            return false;
    }
    return true;
}

static bool edges_permit(struct reversal *reversal, uint32_t thread, uint32_t index)
{
    const struct thread_index *in = &reversal->index->threads[thread];
    struct thread_run *run = &reversal->threads[thread];

    for (; run->next_edge < in->edges.count && in->edges.items[run->next_edge].index <= index;
         run->next_edge++) {
        const struct edge *edge = &in->edges.items[run->next_edge];
        if (!has_happened(reversal, edge->thread, edge->from))
            return false;
    }
    for (; run->next_wake < in->wakes.count && in->wakes.items[run->next_wake].index <= index;
         run->next_wake++) {
        const struct wake *wake = &in->wakes.items[run->next_wake];
        if (closure_reach(reversal->closure, wake->thread) >= wake->end &&
            reversal->threads[wake->thread].done < wake->begin)
            return false;
    }
    return true;
}

static bool lock_permits(const struct reversal *reversal, const struct sync_event *event,
                         const struct item *item)
{
    const struct object_run *object = &reversal->objects[event->object];
    bool reader = (event->mode & SYNC_READER) != 0;

    if (object->writer != NOBODY || (!reader && object->reader_count != 0))
        return false;
    return !item->stays_open || (reader ? object->pending_writers : object->pending) == 0;
}

/* Whether another thread has the lock in a way that makes a try fail. */
static bool try_fails(const struct object_run *object, const struct sync_event *event)
{
    return (object->writer != NOBODY && object->writer != event->thread) ||
           ((event->mode & SYNC_READER) == 0 && object->reader_count != 0);
}

static bool permits(struct reversal *reversal, const struct item *item)
{
    const struct sync_event *event = event_of(reversal, item);
    const struct object_run *object = &reversal->objects[event->object];

    reversal->work++;
    if (!edges_permit(reversal, event->thread, item->index))
        return false;
    switch ((enum sync_event_kind)event->kind) {
    case SYNC_ACQUIRE:
        return !excludes(reversal, event->object) || lock_permits(reversal, event, item);
    case SYNC_TRY_FAIL:
        return !excludes(reversal, event->object) ||
               try_fails(use_object(reversal, event->object), event);
    case SYNC_READ:
        return object->written == item->source;
    case SYNC_WRITE:
        return object->written == NO_ITEM ? object->pending == 0
                                          : reversal->items.items[object->written].readers == 0;
    default:
        return true;
    }
}

static void take_lock(struct reversal *reversal, const struct sync_event *event,
                      const struct item *item)
{
    struct object_run *object = &reversal->objects[event->object];
    bool reader = (event->mode & SYNC_READER) != 0;

    if (reader)
        object->reader_count++;
    else
        object->writer = event->thread;
    if (!item->stays_open) {
        object->pending--;
        object->pending_writers -= !reader;
    }
}

static void give_lock_back(struct reversal *reversal, const struct sync_event *event)
{
    struct object_run *object = use_object(reversal, event->object);

    if ((event->mode & SYNC_READER) == 0)
        object->writer = NOBODY;
    else if (object->reader_count > 0)
        object->reader_count--;
}

static void happen(struct reversal *reversal, uint32_t number)
{
    struct item *item = &reversal->items.items[number];
    const struct sync_event *event = event_of(reversal, item);
    struct object_run *object = &reversal->objects[event->object];

    *array_add(reversal->arena, &reversal->order) = item->position;
    reversal->threads[event->thread].done++;
    if (event->kind == SYNC_ACQUIRE && excludes(reversal, event->object))
        take_lock(reversal, event, item);
    else if (event->kind == SYNC_RELEASE && excludes(reversal, event->object))
        give_lock_back(reversal, event);
    else if (event->kind == SYNC_WRITE)
        object->written = number;
    else if (event->kind == SYNC_READ && item->source != NO_ITEM)
        reversal->items.items[item->source].readers--;
    else if (event->kind == SYNC_READ)
        object->pending--;
}

static void push(struct reversal *reversal, uint32_t number)
{
    (void)array_add(reversal->arena, &reversal->heap);
    uint32_t *heap = reversal->heap.items;
    size_t i = reversal->heap.count - 1;

    for (; i > 0 && heap[(i - 1) / 2] > number; i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = number;
}

static uint32_t pop(struct reversal *reversal)
{
    uint32_t *heap = reversal->heap.items;
    uint32_t top = heap[0], last = heap[--reversal->heap.count];
    size_t count = reversal->heap.count, i = 0;

    for (size_t child = 1; child < count; child = 2 * i + 1) {
        child += child + 1 < count && heap[child + 1] < heap[child];
        if (heap[child] > last)
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = last;
    return top;
}

bool reversal_run(struct reversal *reversal, const struct closure *closure, const uint32_t **order,
                  size_t *count)
{
    reset(reversal, closure);
    list_items(reversal);
    uint64_t stop_at = reversal->work + (reversal->items.count + 1) * LOOKS_FACTOR;
    for (uint32_t i = 0; i < reversal->index->trace->thread_count; i++) {
        if (reversal->threads[i].first != NO_ITEM)
            push(reversal, reversal->threads[i].first);
    }
    while (reversal->heap.count > 0 && reversal->work < stop_at) {
        uint32_t number = pop(reversal);
        if (!permits(reversal, &reversal->items.items[number])) {
            *array_add(reversal->arena, &reversal->parked) = number;
            continue;
        }
        happen(reversal, number);
        if (reversal->items.items[number].next != NO_ITEM)
            push(reversal, reversal->items.items[number].next);
        while (reversal->parked.count > 0)
            push(reversal, reversal->parked.items[--reversal->parked.count]);
    }
    *order = reversal->order.items;
    *count = reversal->order.count;
    return reversal->order.count == reversal->items.count;
}
