/* What the trace says before anything runs, and the start of a run. */
#include <assert.h>
#include <string.h>
#include "analyzer/schedule/simulator_state.h"

static void index_threads(struct simulator *simulator)
{
    const struct sync_trace *trace = simulator->trace;
    size_t *place = arena_alloc(simulator->arena, trace->thread_count + 1, sizeof *place);

    simulator->first = arena_alloc(simulator->arena, trace->thread_count + 1, sizeof *place);
    simulator->positions = arena_alloc(simulator->arena, trace->event_count + 1, sizeof(uint32_t));
    simulator->is_created = arena_alloc(simulator->arena, trace->thread_count + 1, sizeof(bool));
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        simulator->first[event->thread + 1]++;
        if (event->kind == SYNC_CREATE)
            simulator->is_created[trace->objects[event->object].thread] = true;
    }
    for (uint32_t t = 0; t < trace->thread_count; t++) {
        simulator->first[t + 1] += simulator->first[t];
        place[t] = simulator->first[t];
    }
    for (size_t i = 0; i < trace->event_count; i++)
        simulator->positions[place[trace->events[i].thread]++] = (uint32_t)i;
}

/* A semaphore whose initial value is unknown gets the least one with which the trace can be. */
static void find_initial_values(struct simulator *simulator)
{
    const struct sync_trace *trace = simulator->trace;
    uint64_t *level = arena_alloc(simulator->arena, trace->object_count + 1, sizeof *level);

    simulator->initial = arena_alloc(simulator->arena, trace->object_count + 1, sizeof *level);
    for (uint32_t i = 0; i < trace->object_count; i++) {
        const struct sync_object *object = &trace->objects[i];
        if (object->kind == SYNC_SEMAPHORE && object->initial != SYNC_UNKNOWN)
            level[i] = simulator->initial[i] = object->initial;
    }
    for (size_t i = 0; i < trace->event_count; i++) {
        uint32_t object = trace->events[i].object;
        if (trace->events[i].kind == SYNC_POST)
            level[object]++;
        if (trace->events[i].kind != SYNC_TAKE)
            continue;
        if (level[object] > 0)
            level[object]--;
        else if (trace->objects[object].initial == SYNC_UNKNOWN)
            simulator->initial[object]++;
    }
}

/* A lock once given back by who did not hold it takes part in no deadlock. Thread by thread: the
 * order between them need not be one in which the trace can happen. */
static void find_signals(struct simulator *simulator)
{
    const struct sync_trace *trace = simulator->trace;
    struct hold {
        uint32_t thread, count;
    } *holds = arena_alloc(simulator->arena, trace->object_count + 1, sizeof *holds);

    simulator->is_signal = arena_alloc(simulator->arena, trace->object_count + 1, sizeof(bool));
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[simulator->positions[i]];
        struct hold *hold = &holds[event->object];
        if ((event->mode & SYNC_READER) != 0)
            continue;
        if (hold->thread != event->thread)
            *hold = (struct hold){event->thread, 0};
        if (event->kind == SYNC_RELEASE && hold->count == 0)
            simulator->is_signal[event->object] = true;
        if (event->kind == SYNC_ACQUIRE)
            hold->count++;
        else if (event->kind == SYNC_RELEASE && hold->count > 0)
            hold->count--;
    }
}

static bool has_needs(const struct sync_trace *trace, const struct sync_event *event)
{
    return event->kind == SYNC_READ || event->kind == SYNC_ONCE_PASS ||
           (event->kind == SYNC_BARRIER_LEAVE &&
            trace->objects[event->object].initial == SYNC_UNKNOWN);
}

/* What an event finds in the trace: a read the write it sees, plus 1; one that passes a once
 * control the release that ended its initialiser, plus 1; one that leaves a barrier of unknown size
 * the number of entries. */
static void find_needs(struct simulator *simulator)
{
    const struct sync_trace *trace = simulator->trace;
    uint32_t *current = arena_alloc(simulator->arena, trace->object_count + 1, sizeof *current);
    bool any = false;

    for (size_t i = 0; i < trace->event_count; i++)
        any |= has_needs(trace, &trace->events[i]);
    if (!any)
        return;
    simulator->needs = arena_alloc(simulator->arena, trace->event_count, sizeof(uint32_t));
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        if (event->kind == SYNC_WRITE || event->kind == SYNC_RELEASE)
            current[event->object] = (uint32_t)i + 1;
        else if (event->kind == SYNC_BARRIER_ENTER)
            current[event->object]++;
        else if (has_needs(trace, event))
            simulator->needs[i] = current[event->object];
    }
}

struct simulator *simulator_create(struct arena *arena, const struct sync_trace *trace)
{
    struct simulator *simulator = arena_alloc(arena, 1, sizeof *simulator);

    assert(trace->event_count < UINT32_MAX);
    simulator->arena = arena;
    simulator->trace = trace;
    index_threads(simulator);
    find_initial_values(simulator);
    find_signals(simulator);
    find_needs(simulator);
    simulator->threads = arena_alloc(arena, trace->thread_count + 1, sizeof *simulator->threads);
    simulator->objects = arena_alloc(arena, trace->object_count + 1, sizeof *simulator->objects);
    simulator->reached = arena_alloc(arena, trace->thread_count + 1, sizeof(bool));
    simulator->stops = arena_alloc(arena, trace->thread_count + 1, sizeof(size_t));
    simulator->requests = arena_alloc(arena, trace->thread_count + 1, sizeof(uint32_t));
    simulator_reset(simulator);
    return simulator;
}

void simulator_reset(struct simulator *simulator)
{
    memset(simulator->threads, 0, simulator->trace->thread_count * sizeof *simulator->threads);
    for (uint32_t i = 0; i < simulator->trace->object_count; i++) {
        struct object_state *object = &simulator->objects[i];
        object->holders = NO_HOLDER;
        object->writer_is_queued = false;
        object->value = simulator->initial[i];
        object->waiters = 0;
        object->wakes.count = 0;
    }
    simulator->holders.count = 0;
    simulator->unused_holders = NO_HOLDER;
    simulator->uncertain = false;
}
