#include "tests/random_traces/collected.h"

#include "analyzer/schedule/trace_execution.h"

/* An execution, and how far it was compared. */
struct comparison {
    const struct abstract_requests *requests;
    struct execution execution;
    uint32_t *segments; /* by position in the trace */
    size_t compared;
};

static void collect(struct arena *arena, struct comparison *comparison)
{
    const struct sync_trace *trace = comparison->requests->trace;
    const char **names =
        arena_alloc(arena, trace->object_count + trace->thread_count + 1, sizeof *names);
    struct std_names all = {.threads = names, .objects = names, .sites = names};
    struct execution_collector collector;
    struct lock_use use;
    struct lock_use_result result;

    for (uint32_t i = 0; i < trace->object_count + trace->thread_count; i++)
        names[i] = "name";
    lock_use_init(&use, arena, trace);
    execution_collector_init(&collector, arena, &use);
    for (size_t i = 0; i < trace->event_count; i++) {
        lock_use_take(&use, &trace->events[i]);
        execution_collector_take(&collector, &trace->events[i]);
    }
    lock_use_finish(&use, &result);
    trace_execution_make(arena, &all, &collector, &result, "", &comparison->execution);
}

static void number_segments(struct arena *arena, struct comparison *comparison)
{
    const struct sync_trace *trace = comparison->requests->trace;
    uint32_t *of_thread = arena_alloc(arena, trace->thread_count, sizeof *of_thread);

    comparison->segments = arena_alloc(arena, trace->event_count, sizeof *of_thread);
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        comparison->segments[i] = of_thread[event->thread];
        of_thread[event->thread] += event->kind == SYNC_CREATE || event->kind == SYNC_JOIN;
    }
}

static bool holds_the_same(const struct dependency *dependency,
                           const struct abstract_request *request)
{
    if (dependency->held_count != request->held_count)
        return false;
    for (uint32_t i = 0; i < request->held_count; i++) {
        const struct trace_dependency_held *held = &dependency->held[i];
        uint32_t site = request->held_sites[i];
        if (held->lock != request->held[i].object + 1 ||
            (held->mode & TRACE_MODE_READ) != (request->held[i].reader ? TRACE_MODE_READ : 0) ||
            held->stack != (site == SYNC_UNKNOWN ? 0 : site + 1))
            return false;
    }
    return true;
}

/* Compares the next dependency with the event of a request. */
static bool is_next(struct comparison *comparison, const struct abstract_request *request,
                    const struct request_event *event)
{
    const struct execution *execution = &comparison->execution;

    if (comparison->compared == execution->dependency_count)
        return false;
    const struct dependency *dependency = &execution->dependencies[comparison->compared++];
    return dependency->thread == request->thread + 1 && dependency->lock == request->object + 1 &&
           ((dependency->mode & TRACE_MODE_READ) != 0) == ((request->mode & SYNC_READER) != 0) &&
           ((dependency->mode & TRACE_MODE_TIMED) != 0) == ((request->mode & SYNC_TIMED) != 0) &&
           dependency->segment == comparison->segments[event->position] &&
           dependency->stack == comparison->requests->trace->events[event->position].site + 1 &&
           holds_the_same(dependency, request);
}

const char *collected_check(struct arena *arena, const struct abstract_requests *requests)
{
    struct comparison comparison = {.requests = requests};

    collect(arena, &comparison);
    number_segments(arena, &comparison);
    for (size_t i = 0; i < requests->count; i++) {
        const struct abstract_request *request = &requests->requests[i];
        for (uint32_t j = 0; j < request->event_count; j++) {
            const struct request_event *event = &request->events[j];
            bool is_first = j == 0 || comparison.segments[event->position] !=
                                          comparison.segments[event[-1].position];
            if (is_first && !is_next(&comparison, request, event))
                return "a request is not collected as it goes by";
        }
    }
    return comparison.compared == comparison.execution.dependency_count
               ? NULL
               : "what is no request is collected";
}
