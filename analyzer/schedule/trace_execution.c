#include "analyzer/schedule/trace_execution.h"

#include <stdlib.h>
#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/model/execution_index.h"
#include "analyzer/schedule/held_set.h"

#define NO_SET     UINT32_MAX
#define NO_SEGMENT UINT32_MAX

/* A request: what was seen, without the locks that do not matter. */
struct made_request {
    const struct seen_request *first;
    uint32_t thread, set;
    uint32_t last_segment;
    size_t time_count;
};

/* What a request is looked for by. */
struct request_key {
    const struct maker *maker;
    const struct seen_request *seen;
    uint32_t thread, set;
};

struct maker {
    struct arena *arena;
    const struct sync_trace *trace;
    const struct std_names *names;
    const struct execution_collector *collector;
    const struct lock_use_result *use;
    struct execution *execution;
    ARRAY(struct lock) locks;
    struct held_sets sets;
    uint32_t *set_of; /* by path: what matters of it */
    struct id_table table;
    ARRAY(struct made_request) requests;
    uint32_t *request_of; /* by request that was seen; REQUEST_NONE: it does not matter */
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

    execution->thread_count = maker->trace->thread_count;
    execution->threads =
        arena_alloc(maker->arena, execution->thread_count, sizeof *execution->threads);
    for (uint32_t i = 0; i < execution->thread_count; i++) {
        const char *name = maker->names->threads[i];
        uint32_t number = number_of(name, UINT32_MAX);
        execution->threads[i] = (struct thread){
            .id = i + 1,
            .kernel_tid = i + 1,
            .name = number == UINT32_MAX ? name : "",
            .number = number == UINT32_MAX ? i : number,
        };
        if (i < maker->collector->threads.count) {
            const struct collected_thread *collected = &maker->collector->threads.items[i];
            execution->threads[i].parent = collected->parent;
            execution->threads[i].parent_segment = collected->parent_segment;
            execution->threads[i].created_stack = collected->created_stack;
        }
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
    const struct sync_trace *trace = maker->trace;

    for (uint32_t i = 0; i < trace->object_count; i++) {
        enum sync_object_kind kind = trace->objects[i].kind;
        struct first_use first = {0};
        if (kind != SYNC_LOCK && kind != SYNC_WRITER_QUEUE && kind != SYNC_THREAD)
            continue;
        if (i < maker->collector->first_uses.count)
            first = maker->collector->first_uses.items[i];
        (void)!id_index_add(maker->arena, &maker->execution->index->locks, i + 1,
                            maker->locks.count);
        *array_add(maker->arena, &maker->locks) = (struct lock){
            .id = i + 1,
            .kind = kind_of(kind),
            .flags = kind == SYNC_WRITER_QUEUE ? TRACE_LOCK_WRITER_QUEUES : 0,
            .init_thread = kind == SYNC_THREAD ? trace->objects[i].thread + 1 : 0,
            .first_thread = first.thread,
            .first_stack = first.stack,
            .name = maker->names->objects[i],
        };
        maker->execution->locks_seen += kind != SYNC_THREAD;
    }
}

/* The locks of a path that may matter, and the end of its thread if somebody waits for it. */
static uint32_t set_of_path(struct maker *maker, uint32_t path)
{
    const struct held_path *paths = maker->collector->paths.items;
    uint32_t end = maker->use->end_of[paths[path].thread];

    if (maker->set_of[path] != NO_SET)
        return maker->set_of[path];
    for (uint32_t at = path; paths[at].depth != 0; at = paths[at].parent) {
        uint32_t object = paths[at].object;
        if (maker->use->is_shared[object] && !maker->use->is_signal[object])
            held_sets_insert(maker->arena, &maker->sets,
                             (struct held_object){object, paths[at].reader});
    }
    if (end != SYNC_UNKNOWN)
        held_sets_insert(maker->arena, &maker->sets, (struct held_object){end, 0});
    maker->set_of[path] = held_sets_number(maker->arena, &maker->sets);
    return maker->set_of[path];
}

/* Whether it may be part of a cycle: of something that others may have, by one who has something
 * or who can make a reader wait; as abstract_request.h has it. */
static bool may_take_part(struct maker *maker, const struct seen_request *seen, uint32_t set)
{
    enum sync_object_kind kind = maker->trace->objects[seen->object].kind;

    if (kind == SYNC_THREAD
            ? !maker->use->is_awaited[seen->object]
            : !maker->use->is_shared[seen->object] || maker->use->is_signal[seen->object])
        return false;
    if (maker->sets.sets.items[set].count != 0)
        return true;
    return kind == SYNC_WRITER_QUEUE && ((seen->mode & SYNC_READER) == 0 ||
                                         maker->collector->paths.items[seen->path].depth != 0);
}

static bool is_request(const void *context, uint32_t id)
{
    const struct request_key *key = context;
    const struct made_request *made = &key->maker->requests.items[id];

    return made->thread == key->thread && made->set == key->set &&
           made->first->object == key->seen->object && made->first->mode == key->seen->mode;
}

static uint32_t request_number(struct maker *maker, const struct seen_request *seen)
{
    uint32_t thread = maker->collector->paths.items[seen->path].thread;
    uint32_t set = set_of_path(maker, seen->path);
    struct request_key key = {maker, seen, thread, set};

    if (!may_take_part(maker, seen, set))
        return REQUEST_NONE;
    uint32_t hash = id_hash(id_hash(id_hash(id_hash(0, set), thread), seen->object), seen->mode);
    uint32_t number = id_table_number(maker->arena, &maker->table, hash, is_request, &key);
    if (number == maker->requests.count)
        *array_add(maker->arena, &maker->requests) = (struct made_request){
            .first = seen, .thread = thread, .set = set, .last_segment = NO_SEGMENT};
    return number;
}

/* Requests that differ only in locks that do not matter are one. */
static void make_requests(struct maker *maker)
{
    const struct execution_collector *collector = maker->collector;

    maker->set_of = arena_alloc(maker->arena, collector->paths.count, sizeof *maker->set_of);
    memset(maker->set_of, 0xff, collector->paths.count * sizeof *maker->set_of);
    maker->request_of =
        arena_alloc(maker->arena, collector->requests.count, sizeof *maker->request_of);
    for (size_t i = 0; i < collector->requests.count; i++)
        maker->request_of[i] = request_number(maker, &collector->requests.items[i]);
}

/* Where the lock of the set was taken when the request was first made. */
static uint32_t held_stack(const struct maker *maker, const struct seen_request *seen,
                           uint32_t object)
{
    const struct held_path *paths = maker->collector->paths.items;

    for (uint32_t at = seen->path; paths[at].depth != 0; at = paths[at].parent) {
        if (paths[at].object == object)
            return seen->held_sites[paths[at].depth - 1] + 1;
    }
    return 0;
}

static const struct trace_dependency_held *make_held(struct maker *maker,
                                                     const struct made_request *request)
{
    const struct held_set *set = &maker->sets.sets.items[request->set];
    struct trace_dependency_held *held = arena_alloc(maker->arena, set->count, sizeof *held);

    for (uint32_t i = 0; i < set->count; i++) {
        held[i] = (struct trace_dependency_held){
            .lock = set->held[i].object + 1,
            .mode = set->held[i].reader ? TRACE_MODE_READ : 0,
            .stack = held_stack(maker, request->first, set->held[i].object),
            .count = 1,
        };
    }
    return held;
}

static struct dependency make_dependency(const struct maker *maker,
                                         const struct made_request *request,
                                         const struct seen_at *time,
                                         const struct trace_dependency_held *held)
{
    return (struct dependency){
        .thread = request->thread + 1,
        .segment = time->segment,
        .lock = request->first->object + 1,
        .mode = (request->first->mode & SYNC_READER ? TRACE_MODE_READ : 0) |
                (request->first->mode & SYNC_TIMED ? TRACE_MODE_TIMED : 0),
        .stack = time->site + 1,
        .held_count = maker->sets.sets.items[request->set].count,
        .held = held,
    };
}

/* The request that was made then, if it is its first time in the segment. */
static struct made_request *first_time(struct maker *maker, const struct seen_at *time)
{
    uint32_t number = maker->request_of[time->request];
    struct made_request *request = number == REQUEST_NONE ? NULL : &maker->requests.items[number];

    if (request == NULL || request->last_segment == time->segment)
        return NULL;
    request->last_segment = time->segment;
    return request;
}

/* The first time of each request in each segment, request by request. */
static void make_dependencies(struct maker *maker)
{
    const struct execution_collector *collector = maker->collector;
    size_t count = 0, requests = maker->requests.count;
    size_t *next = arena_alloc(maker->arena, requests, sizeof *next);
    const struct trace_dependency_held **held = arena_alloc(maker->arena, requests, sizeof *held);

    for (size_t i = 0; i < collector->times.count; i++) {
        struct made_request *request = first_time(maker, &collector->times.items[i]);
        if (request != NULL)
            request->time_count++;
    }
    for (size_t i = 0; i < requests; i++) {
        struct made_request *request = &maker->requests.items[i];
        next[i] = count;
        count += request->time_count;
        request->last_segment = NO_SEGMENT;
        held[i] = make_held(maker, request);
    }
    maker->execution->dependencies =
        arena_alloc(maker->arena, count, sizeof *maker->execution->dependencies);
    for (size_t i = 0; i < collector->times.count; i++) {
        const struct seen_at *time = &collector->times.items[i];
        const struct made_request *request = first_time(maker, time);
        if (request == NULL)
            continue;
        size_t number = (size_t)(request - maker->requests.items);
        maker->execution->dependencies[next[number]++] =
            make_dependency(maker, request, time, held[number]);
    }
    maker->execution->dependency_count = maker->execution->dependencies_seen = count;
}

void trace_execution_make(struct arena *arena, const struct std_names *names,
                          const struct execution_collector *collector,
                          const struct lock_use_result *use, const char *file,
                          struct execution *execution)
{
    const struct sync_trace *trace = collector->use->trace;
    struct maker maker = {
        .arena = arena,
        .trace = trace,
        .names = names,
        .collector = collector,
        .use = use,
        .execution = execution,
    };

    *execution = (struct execution){
        .file = file,
        .executable = file,
        .directory = "",
        .complete = true,
        .state = TRACE_EXITED,
        .end = TRACE_END,
        .places = names->sites,
        .place_count = names->site_count,
        .object_names = names->objects,
        .object_count = trace->object_count,
        .threads_seen = trace->thread_count,
        .segments = collector->segments.items,
        .segment_count = collector->segments.count,
    };
    execution->index = arena_alloc(arena, 1, sizeof *execution->index);
    make_threads(&maker);
    make_locks(&maker);
    make_requests(&maker);
    make_dependencies(&maker);
    execution->locks = maker.locks.items;
    execution->lock_count = maker.locks.count;
}
