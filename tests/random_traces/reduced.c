#include "tests/random_traces/reduced.h"

#include <string.h>
#include "analyzer/schedule/trace_keep.h"
#include "analyzer/schedule/wait_pattern.h"
#include "analyzer/schedule/wait_witness.h"
#include "tests/random_traces/oracle.h"
#include "tests/random_traces/trace_builder.h"

static bool read_memory(struct sync_source *source, sync_take *take, void *taker,
                        const char **error)
{
    (void)error;
    for (size_t i = 0; i < source->trace->event_count; i++)
        take(taker, &source->trace->events[i]);
    return true;
}

/* What is left are events of the whole trace, in its order. */
static void find_positions(struct reduced *reduced)
{
    const struct sync_trace *trace = &reduced->trace;
    size_t at = 0;

    reduced->position_of =
        arena_alloc(reduced->arena, trace->event_count + 1, sizeof *reduced->position_of);
    for (uint32_t i = 0; i < reduced->whole->event_count && at < trace->event_count; i++) {
        const struct sync_event *event = &reduced->whole->events[i], *kept = &trace->events[at];
        if (event->thread == kept->thread && event->object == kept->object &&
            event->kind == kept->kind)
            reduced->position_of[at++] = i;
    }
}

void reduced_make(struct arena *arena, const struct sync_trace *whole, const bool *wanted,
                  struct reduced *reduced)
{
    struct sync_source source = {.read = read_memory, .trace = whole};
    struct trace_keep keep;
    const char *error;
    bool drops_shared;

    *reduced = (struct reduced){.arena = arena, .whole = whole};
    if (!trace_keep_read(&keep, arena, &source, 1, NULL, NULL, &error) ||
        !trace_keep_load(&keep, wanted, &reduced->trace, &drops_shared, &error))
        return;
    find_positions(reduced);
    abstract_requests_collect(arena, &reduced->trace, &reduced->requests);
    reduced->index = schedule_index_create(arena, &reduced->requests);
}

/* The held object from *at on that is no thread's end, NULL if there is none: one that only a
 * thread with locks of its own waited for is not seen to be awaited. */
static const struct held_object *next_held(const struct reduced *reduced,
                                           const struct abstract_request *request, uint32_t *at)
{
    while (*at < request->held_count &&
           reduced->whole->objects[request->held[*at].object].kind == SYNC_THREAD)
        ++*at;
    return *at < request->held_count ? &request->held[(*at)++] : NULL;
}

static bool holds_the_same(const struct reduced *reduced, const struct abstract_request *a,
                           const struct abstract_request *b)
{
    uint32_t at_a = 0, at_b = 0;

    for (;;) {
        const struct held_object *held_a = next_held(reduced, a, &at_a);
        const struct held_object *held_b = next_held(reduced, b, &at_b);
        if (held_a == NULL || held_b == NULL)
            return held_a == held_b;
        if (held_a->object != held_b->object || held_a->reader != held_b->reader)
            return false;
    }
}

static const struct abstract_request *find_request(const struct reduced *reduced,
                                                   const struct abstract_request *wanted)
{
    for (size_t i = 0; i < reduced->requests.count; i++) {
        const struct abstract_request *request = &reduced->requests.requests[i];
        if (request->thread == wanted->thread && request->object == wanted->object &&
            request->mode == wanted->mode && request->event_count == wanted->event_count &&
            holds_the_same(reduced, request, wanted))
            return request;
    }
    return NULL;
}

/* A schedule of the whole trace in the making. */
struct schedule {
    const struct reduced *reduced;
    uint32_t next[ORACLE_THREADS]; /* position from which the thread's events are not in it */
    uint32_t order[TRACE_MOST_EVENTS];
    size_t count;
};

/* Takes what the thread does before `end`. */
static void go_on(struct schedule *schedule, uint32_t thread, uint32_t end)
{
    for (uint32_t i = schedule->next[thread]; i < end; i++) {
        if (schedule->reduced->whole->events[i].thread == thread)
            schedule->order[schedule->count++] = i;
    }
    if (end > schedule->next[thread])
        schedule->next[thread] = end;
}

static const char *check_schedule(const struct reduced *reduced, struct simulator *simulator,
                                  const struct witness *witness)
{
    struct schedule schedule = {.reduced = reduced};
    uint32_t requests[2 * ORACLE_THREADS];

    for (size_t i = 0; i < witness->order_count; i++) {
        uint32_t position = reduced->position_of[witness->order[i]];
        go_on(&schedule, reduced->whole->events[position].thread, position + 1);
    }
    for (size_t i = 0; i < witness->request_count; i++) {
        requests[i] = reduced->position_of[witness->requests[i]];
        go_on(&schedule, reduced->whole->events[requests[i]].thread, requests[i]);
    }
    struct simulator_replay replay = simulator_replay(simulator, schedule.order, schedule.count,
                                                      requests, witness->request_count);
    if (replay.verdict == (witness->is_guessed ? SIMULATOR_UNCERTAIN : SIMULATOR_DEADLOCK))
        return NULL;
    return witness->is_guessed ? NULL : "what is left out does not fit into a schedule";
}

const char *reduced_check(struct reduced *reduced, struct simulator *simulator,
                          const struct abstract_request *const *pattern, size_t count,
                          const struct witness_result *result)
{
    const struct abstract_request *own[ORACLE_THREADS];
    struct witness_result reduced_result;

    for (size_t i = 0; i < count; i++) {
        own[i] = find_request(reduced, pattern[i]);
        if (own[i] == NULL)
            return "a request is left out";
    }
    witness_find(reduced->index, reduced->arena, own, count, &reduced_result);
    if (reduced_result.verdict != result->verdict)
        return "without what does not matter the verdict is another";
    if (result->verdict != WITNESS_FOUND)
        return NULL;
    if (reduced_result.witness.is_guessed != result->witness.is_guessed ||
        reduced_result.witness.skips_signal != result->witness.skips_signal)
        return "without what does not matter the proof is another";
    return check_schedule(reduced, simulator, &reduced_result.witness);
}

struct wait_count {
    struct reduced *reduced;
    struct wait_judge judge;
    size_t found;
};

static bool count_wait(void *context, const struct abstract_request *const *members, size_t count,
                       uint64_t *steps)
{
    struct wait_count *waits = context;
    const struct abstract_request *all[WAIT_PATTERN_MEMBERS + WAIT_WITNESS_HELPERS];
    struct witness witness;

    (void)steps;
    memcpy(all, members, count * sizeof(const struct abstract_request *));
    bool found = wait_witness_find(&waits->judge, waits->reduced->arena, all, count, &witness);
    waits->found += found;
    return found;
}

size_t reduced_count_waits(struct reduced *reduced)
{
    struct wait_requests requests;
    struct wait_count waits = {
        .reduced = reduced,
        .judge = {.index = reduced->index,
                  .simulator = simulator_create(reduced->arena, &reduced->trace),
                  .waits = &requests},
    };

    wait_requests_collect(reduced->arena, &reduced->requests, &requests);
    (void)!wait_patterns_search(reduced->arena, &requests, UINT64_MAX, count_wait, &waits);
    return waits.found;
}
