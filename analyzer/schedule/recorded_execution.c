#include "analyzer/schedule/recorded_execution.h"

#include <stdlib.h>
#include "analyzer/base/array.h"
#include "analyzer/model/id_index.h"
#include "analyzer/model/thread_end.h"
#include "analyzer/predict/order_graph.h"

/* By what requests are sorted. */
struct request_key {
    uint32_t thread, object, mode;
    uint32_t number;
};

struct matcher {
    struct arena *arena;
    const struct execution *execution;
    const struct recorded_trace *recorded;
    const struct abstract_requests *requests;
    struct id_index threads, objects; /* ids → numbers; of a thread, its end in `ends` */
    uint32_t *ends; /* thread → the object that is its end, SYNC_UNKNOWN: none */
    struct request_key *keys;
    ARRAY(struct held_object) held; /* of the dependency in hand */
};

static int compare_keys(const void *left, const void *right)
{
    const struct request_key *a = left, *b = right;

    if (a->thread != b->thread)
        return a->thread < b->thread ? -1 : 1;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    return a->mode < b->mode ? -1 : a->mode > b->mode;
}

static int compare_held(const void *left, const void *right)
{
    const struct held_object *a = left, *b = right;

    return a->object < b->object ? -1 : a->object > b->object;
}

static void index_ids(struct matcher *matcher)
{
    const struct recorded_trace *recorded = matcher->recorded;
    const struct sync_trace *trace = &recorded->trace;

    matcher->ends = arena_alloc(matcher->arena, trace->thread_count, sizeof *matcher->ends);
    for (uint32_t i = 0; i < trace->thread_count; i++) {
        matcher->ends[i] = SYNC_UNKNOWN;
        (void)!id_index_add(matcher->arena, &matcher->threads, recorded->threads[i], i);
    }
    for (uint32_t i = 0; i < trace->object_count; i++) {
        if (trace->objects[i].kind == SYNC_THREAD)
            matcher->ends[trace->objects[i].thread] = i;
        else
            (void)!id_index_add(matcher->arena, &matcher->objects, recorded->objects[i], i);
    }
}

const bool *recorded_execution_wanted(struct arena *arena, const struct execution *execution,
                                      const struct recorded_trace *recorded)
{
    uint32_t objects = recorded->trace.object_count;
    bool *is_wanted = arena_alloc(arena, objects, sizeof *is_wanted);
    bool *is_node = arena_alloc(arena, execution->lock_count, sizeof *is_node);
    struct request_set requests;
    struct order_graph graph;

    request_set_collect(arena, execution, &requests);
    order_graph_build(arena, &requests,
                      &(struct order_graph_options){.blocking_only = true, .across_threads = true},
                      &graph);
    for (size_t i = 0; i < graph.edge_count; i++)
        is_node[graph.edges[i].from] = is_node[graph.edges[i].to] = true;
    for (uint32_t i = 0; i < objects; i++) {
        const struct lock *lock = execution_find_lock(execution, recorded->objects[i]);
        is_wanted[i] = recorded->trace.objects[i].kind != SYNC_THREAD && lock != NULL &&
                       is_node[lock - execution->locks];
    }
    return is_wanted;
}

static void sort_requests(struct matcher *matcher)
{
    const struct abstract_requests *requests = matcher->requests;

    matcher->keys = arena_alloc(matcher->arena, requests->count, sizeof *matcher->keys);
    for (uint32_t i = 0; i < requests->count; i++) {
        const struct abstract_request *request = &requests->requests[i];
        matcher->keys[i] = (struct request_key){request->thread, request->object, request->mode, i};
    }
    if (requests->count > 0)
        qsort(matcher->keys, requests->count, sizeof *matcher->keys, compare_keys);
}

static uint32_t object_of(const struct matcher *matcher, uint32_t lock_id)
{
    const struct lock *lock = execution_find_lock(matcher->execution, lock_id);
    uint32_t thread = lock != NULL ? thread_end_of(lock) : 0;
    size_t found = thread != 0 ? id_index_find(&matcher->threads, thread)
                               : id_index_find(&matcher->objects, lock_id);

    if (found == ID_NOT_FOUND)
        return SYNC_UNKNOWN;
    return thread != 0 ? matcher->ends[found] : (uint32_t)found;
}

/* Whether a held lock tells requests apart. A semaphore may be held as a lock by the one and not be
 * one for the other. */
static bool counts(const struct matcher *matcher, uint32_t object)
{
    enum sync_object_kind kind = matcher->recorded->trace.objects[object].kind;

    return (kind == SYNC_LOCK || kind == SYNC_WRITER_QUEUE) &&
           matcher->requests->is_shared[object] && !matcher->requests->is_signal[object];
}

/* False: it holds a lock that the trace does not know. */
static bool collect_held(struct matcher *matcher, const struct dependency *dependency)
{
    matcher->held.count = 0;
    for (uint32_t i = 0; i < dependency->held_count; i++) {
        const struct trace_dependency_held *held = &dependency->held[i];
        const struct lock *lock = execution_find_lock(matcher->execution, held->lock);
        uint32_t object = object_of(matcher, held->lock);
        if (lock != NULL && thread_end_of(lock) != 0)
            continue;
        if (object == SYNC_UNKNOWN)
            return false;
        if (counts(matcher, object))
            *array_add(matcher->arena, &matcher->held) =
                (struct held_object){object, (held->mode & TRACE_MODE_READ) != 0};
    }
    if (matcher->held.count > 0)
        qsort(matcher->held.items, matcher->held.count, sizeof *matcher->held.items, compare_held);
    return true;
}

static bool holds_the_same(const struct matcher *matcher, const struct abstract_request *request)
{
    size_t at = 0;

    for (uint32_t i = 0; i < request->held_count; i++) {
        const struct held_object *held = &request->held[i];
        if (!counts(matcher, held->object))
            continue;
        if (at == matcher->held.count || matcher->held.items[at].object != held->object ||
            matcher->held.items[at].reader != (held->reader != 0))
            return false;
        at++;
    }
    return at == matcher->held.count;
}

static size_t first_key(const struct matcher *matcher, const struct request_key *key)
{
    size_t low = 0, high = matcher->requests->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_keys(&matcher->keys[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t request_of(struct matcher *matcher, const struct dependency *dependency)
{
    size_t thread = id_index_find(&matcher->threads, dependency->thread);
    struct request_key key = {
        .object = object_of(matcher, dependency->lock),
        .mode = (dependency->mode & TRACE_MODE_READ ? SYNC_READER : 0) |
                (dependency->mode & TRACE_MODE_TIMED ? SYNC_TIMED : 0),
    };

    if (thread == ID_NOT_FOUND || key.object == SYNC_UNKNOWN || !collect_held(matcher, dependency))
        return REQUEST_NONE;
    key.thread = (uint32_t)thread;
    for (size_t i = first_key(matcher, &key);
         i < matcher->requests->count && compare_keys(&matcher->keys[i], &key) == 0; i++) {
        if (holds_the_same(matcher, &matcher->requests->requests[matcher->keys[i].number]))
            return matcher->keys[i].number;
    }
    return REQUEST_NONE;
}

/* By object: the id that it has in the execution, as a lock or by its name. */
static const uint32_t *name_locks(const struct matcher *matcher)
{
    const struct sync_trace *trace = &matcher->recorded->trace;
    uint32_t *ids = arena_alloc(matcher->arena, trace->object_count, sizeof *ids);

    for (uint32_t i = 0; i < trace->object_count; i++) {
        uint32_t id = matcher->recorded->objects[i];
        bool has_name = matcher->execution->object_names != NULL ||
                        execution_find_lock(matcher->execution, id) != NULL;
        ids[i] = trace->objects[i].kind != SYNC_THREAD && has_name ? id : 0;
    }
    for (size_t i = 0; i < matcher->execution->lock_count; i++) {
        const struct lock *lock = &matcher->execution->locks[i];
        uint32_t end = thread_end_of(lock) != 0 ? object_of(matcher, lock->id) : SYNC_UNKNOWN;
        if (end != SYNC_UNKNOWN)
            ids[end] = lock->id;
    }
    return ids;
}

/* None: everything that the process did is in it, and nobody else had a part in it. */
static enum trace_gap find_gap(const struct execution *execution,
                               const struct recorded_trace *recorded)
{
    if (recorded->is_torn)
        return TRACE_GAP_TORN;
    if (recorded->lost != 0)
        return TRACE_GAP_LOST;
    if (recorded->left_out != 0)
        return TRACE_GAP_LEFT_OUT;
    if (execution->lost[TRACE_LOST_signal] != 0 || execution->lost[TRACE_LOST_memory] != 0)
        return TRACE_GAP_UNSEEN;
    if (recorded->is_shared)
        return TRACE_GAP_SHARED;
    return execution->state == TRACE_EXITED ? TRACE_GAP_NONE : TRACE_GAP_RUNNING;
}

void recorded_execution_make(struct arena *arena, const struct execution *execution,
                             const struct recorded_trace *recorded,
                             const struct abstract_requests *requests,
                             struct traced_execution *traced)
{
    struct matcher matcher = {
        .arena = arena, .execution = execution, .recorded = recorded, .requests = requests};
    uint32_t *numbers = arena_alloc(arena, execution->dependency_count, sizeof *numbers);

    index_ids(&matcher);
    sort_requests(&matcher);
    for (size_t i = 0; i < execution->dependency_count; i++)
        numbers[i] = request_of(&matcher, &execution->dependencies[i]);
    *traced = (struct traced_execution){
        .execution = *execution,
        .ids = {.threads = recorded->threads,
                .locks = name_locks(&matcher),
                .first_stack = recorded->first_stack},
        .request_of = numbers,
        .gap = find_gap(execution, recorded),
        .drops_shared = recorded->drops_shared,
    };
}
