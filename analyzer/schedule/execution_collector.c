#include "analyzer/schedule/execution_collector.h"

#define NO_SEGMENT UINT32_MAX

void execution_collector_init(struct execution_collector *collector, struct arena *arena,
                              const struct lock_use *use)
{
    *collector = (struct execution_collector){.arena = arena, .use = use};
    (void)array_add(arena, &collector->paths);
}

/* Room for a thread, which holds nothing at first. */
static struct collected_thread *thread_of(struct execution_collector *collector, uint32_t thread)
{
    while (collector->threads.count <= thread) {
        uint32_t number = (uint32_t)collector->threads.count;
        array_add(collector->arena, &collector->threads)->path = (uint32_t)collector->paths.count;
        array_add(collector->arena, &collector->paths)->thread = number;
    }
    return &collector->threads.items[thread];
}

static uint32_t longer_path(struct execution_collector *collector, uint32_t parent, uint32_t object,
                            bool reader)
{
    struct held_path *from = &collector->paths.items[parent];
    const struct held_path *last = &collector->paths.items[from->last_child];

    if (from->last_child != 0 && last->object == object && last->reader == reader)
        return from->last_child;
    uint64_t key = (uint64_t)parent << 32 | object << 1 | reader;
    uint32_t *number = number_table_at(collector->arena, &collector->path_numbers, key);
    if (*number == 0) {
        *number = (uint32_t)collector->paths.count;
        *array_add(collector->arena, &collector->paths) = (struct held_path){
            .parent = parent,
            .object = object,
            .thread = from->thread,
            .depth = from->depth + 1,
            .reader = reader,
        };
    }
    collector->paths.items[parent].last_child = *number;
    return *number;
}

/* What the thread holds is what `use` has for it: one lock less, or the same. */
static uint32_t path_after_release(struct execution_collector *collector,
                                   const struct sync_event *event)
{
    uint32_t path = collector->threads.items[event->thread].path;
    const struct held_path *from = &collector->paths.items[path];
    const struct held_stack *held = &collector->use->held.items[event->thread];

    if (held->count == from->depth)
        return path;
    if (from->object == event->object)
        return from->parent;
    while (collector->paths.items[path].depth != 0)
        path = collector->paths.items[path].parent;
    for (size_t i = 0; i < held->count; i++)
        path = longer_path(collector, path, held->items[i].object, held->items[i].reader != 0);
    return path;
}

static const uint32_t *copy_sites(struct arena *arena, const struct held_stack *held)
{
    uint32_t *sites = arena_alloc(arena, held->count, sizeof *sites);

    for (size_t i = 0; i < held->count; i++)
        sites[i] = held->items[i].tag;
    return sites;
}

static uint32_t request_number(struct execution_collector *collector, uint32_t path,
                               const struct sync_event *event)
{
    struct held_path *from = &collector->paths.items[path];
    uint32_t mode = event->mode & (uint32_t)(SYNC_READER | SYNC_TIMED);

    if (from->last_request != 0) {
        const struct seen_request *last = &collector->requests.items[from->last_request - 1];
        if (last->object == event->object && last->mode == mode)
            return from->last_request - 1;
    }
    uint64_t key =
        (uint64_t)path << 32 | event->object << 2 | (mode & SYNC_READER) | (mode & SYNC_TIMED) >> 1;
    uint32_t *number = number_table_at(collector->arena, &collector->request_numbers, key);
    if (*number == 0) {
        const struct held_stack *held = &collector->use->held.items[event->thread];
        *array_add(collector->arena, &collector->requests) = (struct seen_request){
            .path = path,
            .object = event->object,
            .mode = mode,
            .last_segment = NO_SEGMENT,
            .held_sites = copy_sites(collector->arena, held),
        };
        *number = (uint32_t)collector->requests.count;
    }
    from->last_request = *number;
    return *number - 1;
}

static void take_request(struct execution_collector *collector, const struct sync_event *event)
{
    enum sync_object_kind kind = collector->use->trace->objects[event->object].kind;
    struct collected_thread *thread = &collector->threads.items[event->thread];

    if (kind != SYNC_LOCK && kind != SYNC_WRITER_QUEUE && kind != SYNC_THREAD)
        return;
    uint32_t number = request_number(collector, thread->path, event);
    struct seen_request *request = &collector->requests.items[number];
    if (request->last_segment != thread->segment)
        *array_add(collector->arena, &collector->times) =
            (struct seen_at){number, thread->segment, event->site};
    request->last_segment = thread->segment;
    thread->asked = number + 1;
}

/* What was asked for just before is found without a look at the table. */
static uint32_t path_after_acquire(struct execution_collector *collector,
                                   const struct sync_event *event)
{
    const struct collected_thread *thread = &collector->threads.items[event->thread];
    bool reader = (event->mode & SYNC_READER) != 0;

    if (thread->asked == 0)
        return longer_path(collector, thread->path, event->object, reader);
    struct seen_request *request = &collector->requests.items[thread->asked - 1];
    if (request->path != thread->path || request->object != event->object ||
        ((request->mode & SYNC_READER) != 0) != reader)
        return longer_path(collector, thread->path, event->object, reader);
    if (request->longer_path == 0)
        request->longer_path = longer_path(collector, thread->path, event->object, reader);
    return request->longer_path;
}

static void note_first_use(struct execution_collector *collector, const struct sync_event *event)
{
    while (collector->first_uses.count <= event->object)
        (void)array_add(collector->arena, &collector->first_uses);
    struct first_use *first = &collector->first_uses.items[event->object];
    if (first->thread == 0)
        *first = (struct first_use){event->thread + 1, event->site + 1};
}

/* A thread enters a new segment as it creates or joins another. */
static void enter_segment(struct execution_collector *collector, const struct sync_event *event)
{
    uint32_t other = collector->use->trace->objects[event->object].thread;
    struct collected_thread *child = thread_of(collector, other);
    struct collected_thread *thread = &collector->threads.items[event->thread];

    if (event->kind == SYNC_CREATE) {
        child->parent = event->thread + 1;
        child->parent_segment = thread->segment;
        child->created_stack = event->site + 1;
    }
    *array_add(collector->arena, &collector->segments) = (struct segment_start){
        .thread = event->thread + 1,
        .segment = ++thread->segment,
        .cause = event->kind == SYNC_CREATE ? TRACE_SEGMENT_CREATE : TRACE_SEGMENT_JOIN,
        .other = other + 1,
    };
}

void execution_collector_take(struct execution_collector *collector, const struct sync_event *event)
{
    struct collected_thread *thread = thread_of(collector, event->thread);

    switch (event->kind) {
    case SYNC_REQUEST:
        take_request(collector, event);
        break;
    case SYNC_ACQUIRE:
        note_first_use(collector, event);
        thread->path = path_after_acquire(collector, event);
        break;
    case SYNC_RELEASE:
        thread->path = path_after_release(collector, event);
        break;
    case SYNC_CREATE:
    case SYNC_JOIN:
        enter_segment(collector, event);
        break;
    default:
        break;
    }
}
