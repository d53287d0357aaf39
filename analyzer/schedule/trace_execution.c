#include "analyzer/schedule/trace_execution.h"

#include <stdlib.h>
#include "analyzer/base/array.h"
#include "analyzer/model/execution_index.h"

/* Where a thread's segments after its first begin: numbers of events in it. */
struct segment_list {
    ARRAY(uint32_t) starts;
    uint32_t event_count;
};

struct maker {
    struct arena *arena;
    const struct std_trace *std;
    const struct abstract_requests *requests;
    struct execution *execution;
    struct segment_list *threads;
    ARRAY(struct segment_start) segments;
    ARRAY(struct lock) locks;
    uint32_t *lock_at; /* by object that is a lock: its place among them */
    ARRAY(struct dependency) dependencies;
    ARRAY(uint32_t) request_of;
};

/* The number that is the thread's name, if it is one. */
static uint32_t number_of(const char *name, uint32_t otherwise)
{
    char *end;
    unsigned long number = strtoul(name, &end, 10);

    return name[0] >= '0' && name[0] <= '9' && *end == '\0' && number < UINT32_MAX
               ? (uint32_t)number
               : otherwise;
}

static void make_threads(struct maker *maker)
{
    struct execution *execution = maker->execution;

    execution->thread_count = maker->std->trace.thread_count;
    execution->threads =
        arena_alloc(maker->arena, execution->thread_count, sizeof *execution->threads);
    for (uint32_t i = 0; i < execution->thread_count; i++) {
        const char *name = maker->std->thread_names[i];
        uint32_t number = number_of(name, UINT32_MAX);
        execution->threads[i] = (struct thread){
            .id = i + 1,
            .kernel_tid = i + 1,
            .name = number == UINT32_MAX ? name : "",
            .number = number == UINT32_MAX ? i : number,
        };
        (void)!id_index_add(maker->arena, &execution->index->threads, i + 1, i);
    }
}

static enum trace_lock_kind kind_of(enum sync_object_kind kind)
{
    return kind == SYNC_THREAD         ? TRACE_LOCK_THREAD
           : kind == SYNC_WRITER_QUEUE ? TRACE_LOCK_RWLOCK
                                       : TRACE_LOCK_MUTEX;
}

static void make_locks(struct maker *maker)
{
    const struct sync_trace *trace = &maker->std->trace;

    maker->lock_at = arena_alloc(maker->arena, trace->object_count, sizeof *maker->lock_at);
    for (uint32_t i = 0; i < trace->object_count; i++) {
        enum sync_object_kind kind = trace->objects[i].kind;
        if (kind != SYNC_LOCK && kind != SYNC_WRITER_QUEUE && kind != SYNC_THREAD)
            continue;
        maker->lock_at[i] = (uint32_t)maker->locks.count;
        (void)!id_index_add(maker->arena, &maker->execution->index->locks, i + 1,
                            maker->locks.count);
        *array_add(maker->arena, &maker->locks) = (struct lock){
            .id = i + 1,
            .kind = kind_of(kind),
            .flags = kind == SYNC_WRITER_QUEUE ? TRACE_LOCK_WRITER_QUEUES : 0,
            .init_thread = kind == SYNC_THREAD ? trace->objects[i].thread + 1 : 0,
            .name = maker->std->object_names[i],
        };
        maker->execution->locks_seen += kind != SYNC_THREAD;
    }
}

/* Who took each lock first, and where. */
static void find_first_uses(struct maker *maker)
{
    const struct sync_trace *trace = &maker->std->trace;

    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        if (event->kind != SYNC_ACQUIRE)
            continue;
        struct lock *lock = &maker->locks.items[maker->lock_at[event->object]];
        if (lock->first_thread == 0) {
            lock->first_thread = event->thread + 1;
            lock->first_stack = event->site + 1;
        }
    }
}

/* A thread enters a new segment as it creates or joins another. */
static void make_segments(struct maker *maker)
{
    const struct sync_trace *trace = &maker->std->trace;

    maker->threads = arena_alloc(maker->arena, trace->thread_count, sizeof *maker->threads);
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        struct segment_list *list = &maker->threads[event->thread];
        list->event_count++;
        if (event->kind != SYNC_CREATE && event->kind != SYNC_JOIN)
            continue;
        uint32_t other = trace->objects[event->object].thread;
        struct thread *child = &maker->execution->threads[other];
        if (event->kind == SYNC_CREATE) {
            child->parent = event->thread + 1;
            child->parent_segment = (uint32_t)list->starts.count;
            child->created_stack = event->site + 1;
        }
        *array_add(maker->arena, &list->starts) = list->event_count;
        *array_add(maker->arena, &maker->segments) = (struct segment_start){
            .thread = event->thread + 1,
            .segment = (uint32_t)list->starts.count,
            .cause = event->kind == SYNC_CREATE ? TRACE_SEGMENT_CREATE : TRACE_SEGMENT_JOIN,
            .other = other + 1,
        };
    }
}

static const struct trace_dependency_held *make_held(struct maker *maker,
                                                     const struct abstract_request *request)
{
    struct trace_dependency_held *held =
        arena_alloc(maker->arena, request->held_count, sizeof *held);

    for (uint32_t i = 0; i < request->held_count; i++) {
        held[i] = (struct trace_dependency_held){
            .lock = request->held[i].object + 1,
            .mode = request->held[i].reader ? TRACE_MODE_READ : 0,
            .stack = request->held_sites[i] != SYNC_UNKNOWN ? request->held_sites[i] + 1 : 0,
            .count = 1,
        };
    }
    return held;
}

static void add_dependency(struct maker *maker, uint32_t number, uint32_t segment,
                           const struct request_event *event,
                           const struct trace_dependency_held *held)
{
    const struct abstract_request *request = &maker->requests->requests[number];

    *array_add(maker->arena, &maker->dependencies) = (struct dependency){
        .thread = request->thread + 1,
        .segment = segment,
        .lock = request->object + 1,
        .mode = (request->mode & SYNC_READER ? TRACE_MODE_READ : 0) |
                (request->mode & SYNC_TIMED ? TRACE_MODE_TIMED : 0),
        .stack = maker->std->trace.events[event->position].site + 1,
        .held_count = request->held_count,
        .held = held,
    };
    *array_add(maker->arena, &maker->request_of) = number;
}

/* The first event of the request in each segment. */
static void make_dependencies_of(struct maker *maker, uint32_t number)
{
    const struct abstract_request *request = &maker->requests->requests[number];
    const struct segment_list *list = &maker->threads[request->thread];
    const struct trace_dependency_held *held = make_held(maker, request);
    uint32_t segment = 0, last = UINT32_MAX;

    for (uint32_t i = 0; i < request->event_count; i++) {
        const struct request_event *event = &request->events[i];
        while (segment < list->starts.count && list->starts.items[segment] <= event->index)
            segment++;
        if (segment != last)
            add_dependency(maker, number, segment, event, held);
        last = segment;
    }
}

/* Numbers plus one. */
static const uint32_t *make_ids(struct arena *arena, uint32_t count)
{
    uint32_t *ids = arena_alloc(arena, count, sizeof *ids);

    for (uint32_t i = 0; i < count; i++)
        ids[i] = i + 1;
    return ids;
}

void trace_execution_make(struct arena *arena, const struct std_trace *std,
                          const struct abstract_requests *requests, const char *file,
                          struct traced_execution *traced)
{
    struct execution *execution = &traced->execution;
    struct maker maker = {.arena = arena, .std = std, .requests = requests, .execution = execution};

    *execution = (struct execution){
        .file = file,
        .executable = file,
        .directory = "",
        .complete = true,
        .state = TRACE_EXITED,
        .end = TRACE_END,
        .places = std->site_names,
        .place_count = std->site_count,
        .object_names = std->object_names,
        .object_count = std->trace.object_count,
        .threads_seen = std->trace.thread_count,
    };
    execution->index = arena_alloc(arena, 1, sizeof *execution->index);
    make_threads(&maker);
    make_locks(&maker);
    find_first_uses(&maker);
    make_segments(&maker);
    for (uint32_t i = 0; i < requests->count; i++)
        make_dependencies_of(&maker, i);
    execution->locks = maker.locks.items;
    execution->lock_count = maker.locks.count;
    execution->segments = maker.segments.items;
    execution->segment_count = maker.segments.count;
    execution->dependencies = maker.dependencies.items;
    execution->dependency_count = execution->dependencies_seen = maker.dependencies.count;
    traced->request_of = maker.request_of.items;
    traced->ids = (struct trace_ids){
        .threads = make_ids(arena, std->trace.thread_count),
        .locks = make_ids(arena, std->trace.object_count),
        .first_stack = 1,
    };
    traced->is_whole = true;
}
