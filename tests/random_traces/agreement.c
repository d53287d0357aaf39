#include "tests/random_traces/agreement.h"

#include "tests/random_traces/trace_builder.h"

uint32_t random_below(uint64_t *random, uint32_t limit)
{
    uint64_t x = (*random += UINT64_C(0x9e3779b97f4a7c15));
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((x ^ (x >> 31)) % limit);
}

const char *agreement_replay(struct simulator *simulator, const struct sync_trace *trace)
{
    simulator_reset(simulator);
    for (uint32_t i = 0; i < trace->event_count; i++) {
        if (simulator_next(simulator, trace->events[i].thread) != i)
            return "the recorded order is not that of the threads";
        if (!simulator_is_enabled(simulator, i))
            return "an event could not happen where it was recorded";
        simulator_execute(simulator, i);
    }
    return NULL;
}

/* The release in a condition wait, too, is no step. */
static bool is_silent(const struct sync_trace *trace, const struct simulator *simulator,
                      uint32_t thread, uint32_t event)
{
    uint32_t last = simulator_last(simulator, thread);
    uint8_t kind = trace->events[event].kind;

    return kind == SYNC_REQUEST || kind == SYNC_BEGIN || kind == SYNC_END ||
           (kind == SYNC_RELEASE && last != SIMULATOR_NONE &&
            trace->events[last].kind == SYNC_WAIT_BEGIN);
}

static void execute_silent(const struct sync_trace *trace, struct simulator *simulator)
{
    for (uint32_t t = 0; t < trace->thread_count; t++) {
        uint32_t next = simulator_next(simulator, t);
        while (next != SIMULATOR_NONE && is_silent(trace, simulator, t, next) &&
               simulator_is_enabled(simulator, next)) {
            simulator_execute(simulator, next);
            next = simulator_next(simulator, t);
        }
    }
}

/* Where the thread waits, or NONE. */
static uint32_t find_wait(const struct sync_trace *trace, const struct simulator *simulator,
                          uint32_t thread)
{
    uint32_t last = simulator_last(simulator, thread);

    if (last == SIMULATOR_NONE)
        return SIMULATOR_NONE;
    if (trace->events[last].kind == SYNC_REQUEST || trace->events[last].kind == SYNC_BARRIER_ENTER)
        return last;
    if (trace->events[last].kind != SYNC_RELEASE || (trace->events[last].mode & SYNC_IN_WAIT) == 0)
        return SIMULATOR_NONE;
    while (trace->events[last].thread != thread || trace->events[last].kind != SYNC_WAIT_BEGIN)
        last--;
    return last;
}

/* Of the threads that wait some are chosen, and asked about. */
static const char *check_stuck(struct oracle *oracle, struct simulator *simulator,
                               const struct oracle_state *state, uint64_t *random, uint64_t *stuck)
{
    uint32_t requests[ORACLE_THREADS], threads = 0;
    size_t count = 0;

    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        uint32_t wait = find_wait(oracle->trace, simulator, t);
        if (wait == SIMULATOR_NONE || random_below(random, 3) == 0)
            continue;
        requests[count++] = wait;
        threads |= UINT32_C(1) << t;
    }
    if (count == 0 || !simulator_are_stuck(simulator, requests, count))
        return NULL;
    ++*stuck;
    return oracle_can_go_on(oracle, state, threads)
               ? "the simulator calls threads stuck that can go on"
               : NULL;
}

/* A step at random; *count 0: none can be done. */
static const char *walk_on(struct oracle *oracle, struct simulator *simulator,
                           struct oracle_state *state, uint64_t *random, uint32_t *count)
{
    uint32_t enabled[ORACLE_THREADS];

    *count = 0;
    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        uint32_t next = simulator_next(simulator, t);
        bool allowed = oracle_is_enabled(oracle, state, t);
        if (allowed != (next != SIMULATOR_NONE && simulator_is_enabled(simulator, next)))
            return allowed ? "the simulator forbids a step that the oracle allows"
                           : "the simulator allows a step that the oracle forbids";
        if (allowed)
            enabled[(*count)++] = t;
    }
    if (*count == 0)
        return NULL;
    uint32_t thread = enabled[random_below(random, *count)];
    oracle_execute(oracle, state, thread);
    simulator_execute(simulator, simulator_next(simulator, thread));
    return NULL;
}

const char *agreement_walk(struct oracle *oracle, struct simulator *simulator, uint64_t *random,
                           uint64_t *stuck)
{
    struct oracle_state state;
    const char *wrong = NULL;
    uint32_t enabled = 1;

    oracle_start(oracle, ORACLE_ANY_ORDER, &state);
    simulator_reset(simulator);
    while (enabled > 0 && !wrong) {
        execute_silent(oracle->trace, simulator);
        if (random_below(random, 4) == 0)
            wrong = check_stuck(oracle, simulator, &state, random, stuck);
        if (!wrong)
            wrong = walk_on(oracle, simulator, &state, random, &enabled);
    }
    return wrong;
}

/* The last event of the schedule that is an ACQUIRE by a thread of the circle is left out: then its
 * thread does not come to its request. */
static bool leave_out(const struct sync_trace *trace, const struct oracle_circle *circle,
                      uint32_t *order, size_t *count)
{
    for (size_t i = *count; i-- > 0;) {
        const struct sync_event *event = &trace->events[order[i]];
        if (event->kind != SYNC_ACQUIRE || circle->requests[event->thread] == ORACLE_NONE)
            continue;
        for (size_t j = i; j + 1 < *count; j++)
            order[j] = order[j + 1];
        --*count;
        return true;
    }
    return false;
}

static bool is_deadlock(struct simulator *simulator, const uint32_t *order, size_t count,
                        const uint32_t *requests, size_t request_count)
{
    struct simulator_replay replay =
        simulator_replay(simulator, order, count, requests, request_count);
    return replay.verdict == SIMULATOR_DEADLOCK || replay.verdict == SIMULATOR_UNCERTAIN;
}

static const char *check_circle(const struct oracle *oracle, struct simulator *simulator,
                                const struct oracle_circle *circle)
{
    uint32_t order[TRACE_MOST_EVENTS], requests[ORACLE_THREADS];
    size_t count = oracle_find_order(oracle, circle->state, order), request_count = 0;

    for (uint32_t t = 0; t < oracle->thread_count; t++) {
        if (circle->requests[t] != ORACLE_NONE)
            requests[request_count++] = circle->requests[t];
    }
    if (!is_deadlock(simulator, order, count, requests, request_count))
        return "the simulator rejects a schedule of the oracle";
    if (leave_out(oracle->trace, circle, order, &count) &&
        is_deadlock(simulator, order, count, requests, request_count))
        return "the simulator accepts a schedule with an event left out";
    return NULL;
}

const char *agreement_circles(const struct oracle *oracle, struct simulator *simulator)
{
    for (size_t i = 0; i < oracle->circle_count; i++) {
        const char *wrong = check_circle(oracle, simulator, &oracle->circles[i]);
        if (wrong)
            return wrong;
    }
    return NULL;
}
