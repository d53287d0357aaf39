/* The check of a schedule that ends in a deadlock. */
#include <string.h>
#include "analyzer/schedule/simulator_state.h"

/* Lets the thread of each request come to it. */
static bool stand_at_requests(struct simulator *simulator, const uint32_t *requests, size_t count,
                              size_t *wrong)
{
    const struct sync_trace *trace = simulator->trace;

    for (size_t i = 0; i < count; i++) {
        *wrong = i;
        if (requests[i] >= trace->event_count || trace->events[requests[i]].kind != SYNC_REQUEST)
            return false;
        uint32_t thread = trace->events[requests[i]].thread;
        if (simulator_next(simulator, thread) == requests[i] &&
            simulator_is_enabled(simulator, requests[i]))
            simulator_execute(simulator, requests[i]);
        if (simulator_last(simulator, thread) != requests[i])
            return false;
    }
    return true;
}

/* Whether every thread of the requests is reached from that of the first one, along who waits for
 * whom or, `backwards`, along who is waited for. */
static bool reaches_all(struct simulator *simulator, const uint32_t *requests, size_t count,
                        bool backwards)
{
    const struct sync_event *events = simulator->trace->events;
    bool *reached = simulator->reached;
    size_t found = 0, before;

    memset(reached, 0, simulator->trace->thread_count * sizeof *reached);
    do {
        before = found;
        for (size_t n = 0; n < count; n++) {
            size_t i = backwards ? count - 1 - n : n; /* a circle in its order takes one pass */
            uint32_t thread = events[requests[i]].thread;
            for (size_t j = 0; j < count && !reached[thread]; j++) {
                uint32_t other = events[requests[j]].thread;
                bool linked = backwards ? simulator_waits_for(simulator, requests[i], other)
                                        : simulator_waits_for(simulator, requests[j], thread);
                reached[thread] = linked && (j == 0 || reached[other]);
                found += reached[thread];
            }
        }
    } while (found > before);
    return found == count;
}

struct simulator_replay simulator_replay(struct simulator *simulator, const uint32_t *order,
                                         size_t count, const uint32_t *requests,
                                         size_t request_count)
{
    const struct sync_trace *trace = simulator->trace;
    size_t wrong = 0;

    simulator_reset(simulator);
    for (size_t i = 0; i < count; i++) {
        if (order[i] >= trace->event_count ||
            simulator_next(simulator, trace->events[order[i]].thread) != order[i])
            return (struct simulator_replay){SIMULATOR_NOT_NEXT, i};
        if (!simulator_is_enabled(simulator, order[i]))
            return (struct simulator_replay){SIMULATOR_NOT_ENABLED, i};
        simulator_execute(simulator, order[i]);
    }
    if (!stand_at_requests(simulator, requests, request_count, &wrong))
        return (struct simulator_replay){SIMULATOR_NOT_PENDING, wrong};
    if (request_count == 0 || !reaches_all(simulator, requests, request_count, false) ||
        !reaches_all(simulator, requests, request_count, true))
        return (struct simulator_replay){SIMULATOR_NOT_BLOCKED, 0};
    if (simulator_is_uncertain(simulator))
        return (struct simulator_replay){SIMULATOR_UNCERTAIN, 0};
    return (struct simulator_replay){SIMULATOR_DEADLOCK, 0};
}

const char *simulator_verdict_text(enum simulator_verdict verdict)
{
    switch (verdict) {
    case SIMULATOR_DEADLOCK:
        return "the requests wait for each other";
    case SIMULATOR_NOT_NEXT:
        return "an event is not the next one of its thread";
    case SIMULATOR_NOT_ENABLED:
        return "an event could not happen at its place";
    case SIMULATOR_NOT_PENDING:
        return "a thread does not stand at its request";
    case SIMULATOR_NOT_BLOCKED:
        return "the requests do not wait for each other";
    case SIMULATOR_UNCERTAIN:
        return "the requests wait for each other, by an event of uncertain cause";
    }
    return "unknown verdict";
}
