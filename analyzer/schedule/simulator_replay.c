/* The check of a schedule that ends in a deadlock. */
#include <string.h>
#include "analyzer/schedule/simulator_state.h"

/* Executes the thread's next event if it is of this kind. */
static void come_to(struct simulator *simulator, uint32_t thread, enum sync_event_kind kind)
{
    uint32_t next = simulator_next(simulator, thread);

    if (next != SIMULATOR_NONE && simulator->trace->events[next].kind == kind &&
        simulator_is_enabled(simulator, next))
        simulator_execute(simulator, next);
}

/* Lets a thread that is before its request come to it; false: it does not stand there. The mutex of
 * a condition wait is given back, too. */
static bool stand_at(struct simulator *simulator, uint32_t request)
{
    const struct sync_event *event = &simulator->trace->events[request];
    bool waits = event->kind == SYNC_WAIT_BEGIN;

    if (simulator_next(simulator, event->thread) == request)
        come_to(simulator, event->thread, event->kind);
    if (waits && simulator_last(simulator, event->thread) == request)
        come_to(simulator, event->thread, SYNC_RELEASE);
    size_t done = simulator->threads[event->thread].done, back = waits ? 2 : 1;
    return done >= back &&
           simulator->positions[simulator->first[event->thread] + done - back] == request;
}

static bool stand_at_requests(struct simulator *simulator, const uint32_t *requests, size_t count,
                              size_t *wrong)
{
    for (*wrong = 0; *wrong < count; ++*wrong) {
        uint32_t request = requests[*wrong];
        if (request >= simulator->trace->event_count)
            return false;
        uint8_t kind = simulator->trace->events[request].kind;
        if ((kind != SYNC_REQUEST && kind != SYNC_WAIT_BEGIN && kind != SYNC_BARRIER_ENTER) ||
            !stand_at(simulator, request))
            return false;
    }
    return true;
}

/* Locks and ends of threads: each request waits for certain threads, and for all of them. */
static bool are_of_locks(const struct simulator *simulator, const uint32_t *requests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct sync_event *event = &simulator->trace->events[requests[i]];
        if (event->kind != SYNC_REQUEST ||
            simulator->trace->objects[event->object].kind == SYNC_SEMAPHORE)
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

static bool wait_for_each_other(struct simulator *simulator, const uint32_t *requests, size_t count)
{
    if (!are_of_locks(simulator, requests, count))
        return simulator_are_stuck(simulator, requests, count);
    return reaches_all(simulator, requests, count, false) &&
           reaches_all(simulator, requests, count, true);
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
    if (request_count == 0 || !wait_for_each_other(simulator, requests, request_count))
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
