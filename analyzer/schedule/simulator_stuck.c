/* Threads that wait for what others would do, and those others for them.
 *
 * A condition, a semaphore or a barrier can be served by any thread, so that who waits there waits
 * for no one thread. It is stuck if nothing that could serve it happens any more: each event that
 * could, in the rest of the recorded run, lies in its thread behind one that cannot happen while
 * the waiting threads stand where they stand.
 *
 * The greatest such set of rests is what the others could do at best: a thread stops at the first
 * event that all of what the others could do at best does not make possible. What is impossible
 * then is impossible in every continuation. */
#include <string.h>
#include "analyzer/schedule/simulator_state.h"

/* What the request at `position` asks for, as the event that would follow it. */
static struct sync_event find_awaited(const struct simulator *simulator, uint32_t position)
{
    struct sync_event event = simulator->trace->events[position];
    enum sync_object_kind kind = simulator->trace->objects[event.object].kind;
    uint32_t next = simulator_next(simulator, event.thread);

    if (next != SIMULATOR_NONE) /* a wait that ended for no reason may do so again */
        event.mode |= simulator->trace->events[next].mode & SYNC_NOT_WOKEN;
    if (event.kind == SYNC_WAIT_BEGIN)
        event.kind = SYNC_WAIT_END;
    else if (event.kind == SYNC_BARRIER_ENTER)
        event.kind = SYNC_BARRIER_LEAVE;
    else if (kind == SYNC_SEMAPHORE)
        event.kind = SYNC_TAKE;
    else
        event.kind = kind == SYNC_THREAD ? SYNC_JOIN : SYNC_ACQUIRE;
    return event;
}

/* Whether an event of the run could bring about the awaited one. */
static bool could_serve(const struct sync_event *event, const struct sync_event *awaited)
{
    if (event->object != awaited->object)
        return false;
    switch ((enum sync_event_kind)awaited->kind) {
    case SYNC_ACQUIRE:
    case SYNC_ONCE_PASS:
        return event->kind == SYNC_RELEASE;
    case SYNC_TAKE:
        return event->kind == SYNC_POST;
    case SYNC_WAIT_END:
        return event->kind == SYNC_SIGNAL || event->kind == SYNC_BROADCAST;
    case SYNC_BARRIER_LEAVE:
        return event->kind == SYNC_BARRIER_ENTER;
    case SYNC_JOIN:
        return event->kind == SYNC_END;
    case SYNC_BEGIN:
        return event->kind == SYNC_CREATE;
    default:
        return false;
    }
}

/* How many events of the thread from its place `from` to before `to` could. */
static size_t count_servers(const struct simulator *simulator, uint32_t thread, size_t from,
                            size_t to, const struct sync_event *awaited)
{
    const uint32_t *positions = &simulator->positions[simulator->first[thread]];
    size_t count = 0;

    for (size_t i = from; i < to; i++)
        count += could_serve(&simulator->trace->events[positions[i]], awaited);
    return count;
}

static size_t count_all_servers(const struct simulator *simulator, const struct sync_event *awaited)
{
    size_t count = 0;

    for (uint32_t t = 0; t < simulator->trace->thread_count; t++)
        count +=
            count_servers(simulator, t, simulator->threads[t].done, simulator->stops[t], awaited);
    return count;
}

/* Somebody holds the lock against the event and does not give it back. */
static bool is_held_for_good(const struct simulator *simulator, const struct sync_event *awaited)
{
    for (uint32_t i = simulator->objects[awaited->object].holders; i != NO_HOLDER;) {
        const struct holder *holder = &simulator->holders.items[i];
        bool conflict = !holder->reads || (awaited->mode & SYNC_READER) == 0;
        uint32_t t = holder->thread;
        if (conflict && count_servers(simulator, t, simulator->threads[t].done, simulator->stops[t],
                                      awaited) == 0)
            return true;
        i = holder->next;
    }
    return false;
}

static bool stays_shut(const struct simulator *simulator, const struct sync_event *leave,
                       bool has_entered)
{
    uint64_t parties = simulator->trace->objects[leave->object].initial;
    uint64_t entries = simulator->objects[leave->object].value;
    uint64_t turn = has_entered ? simulator->threads[leave->thread].turn : entries;

    if (parties == SYNC_UNKNOWN)
        return false;
    return (entries + count_all_servers(simulator, leave)) / parties <= turn / parties;
}

/* Whether the event cannot happen, whatever the others do up to where they stop. What has a time
 * limit, and what is only tried, can. `is_next`: nothing of the thread comes before it. */
static bool is_impossible(const struct simulator *simulator, const struct sync_event *event,
                          bool is_next)
{
    const struct object_state *object = &simulator->objects[event->object];
    const struct sync_object *kind = &simulator->trace->objects[event->object];

    if ((event->mode & (SYNC_TRY | SYNC_TIMED)) != 0)
        return false;
    switch ((enum sync_event_kind)event->kind) {
    case SYNC_ACQUIRE:
        return !simulator->is_signal[event->object] && is_held_for_good(simulator, event);
    case SYNC_TAKE:
        return kind->initial != SYNC_UNKNOWN && object->value == 0 &&
               count_all_servers(simulator, event) == 0;
    case SYNC_WAIT_END:
        return (event->mode & SYNC_NOT_WOKEN) == 0 &&
               !(is_next && simulator_find_wake(simulator, event)) &&
               count_all_servers(simulator, event) == 0;
    case SYNC_BARRIER_LEAVE:
        return stays_shut(simulator, event, is_next);
    case SYNC_JOIN:
        return !simulator->threads[kind->thread].ended && count_all_servers(simulator, event) == 0;
    case SYNC_BEGIN:
        return simulator->is_created[event->thread] && !simulator->threads[event->thread].created &&
               count_all_servers(simulator, event) == 0;
    default:
        return false;
    }
}

/* The event at a place of a thread, with the time limit of the call that it ends. */
static struct sync_event find_event(const struct simulator *simulator, uint32_t thread,
                                    size_t place)
{
    const uint32_t *positions = &simulator->positions[simulator->first[thread]];
    const struct sync_event *events = simulator->trace->events;
    struct sync_event event = events[positions[place]];
    size_t back = event.kind == SYNC_WAIT_END ? 2 : 1; /* the release is between */

    if (place >= back && (events[positions[place - back]].kind == SYNC_REQUEST ||
                          events[positions[place - back]].kind == SYNC_WAIT_BEGIN))
        event.mode |= events[positions[place - back]].mode & SYNC_TIMED;
    return event;
}

/* Lets each thread stop at its first impossible event; false: all did already. */
static bool stop_threads(struct simulator *simulator)
{
    bool changed = false;

    for (uint32_t t = 0; t < simulator->trace->thread_count; t++) {
        size_t done = simulator->threads[t].done;
        for (size_t i = done; i < simulator->stops[t]; i++) {
            struct sync_event event = find_event(simulator, t, i);
            if (!is_impossible(simulator, &event, i == done))
                continue;
            simulator->stops[t] = i;
            changed = true;
        }
    }
    return changed;
}

/* Whether the awaited event waits for the thread: it would come if the thread went on. */
static bool depends_on(const struct simulator *simulator, const struct sync_event *awaited,
                       uint32_t thread)
{
    size_t count = simulator->first[thread + 1] - simulator->first[thread];

    if (awaited->kind == SYNC_ACQUIRE)
        return simulator_holds_against(simulator, awaited, thread);
    return count_servers(simulator, thread, simulator->stops[thread], count, awaited) > 0;
}

/* What a thread that is stuck waits for; false: it is not stuck. */
static bool find_wait(const struct simulator *simulator, uint32_t thread,
                      struct sync_event *awaited)
{
    size_t stop = simulator->stops[thread];

    if (simulator->requests[thread] != SIMULATOR_NONE)
        *awaited = find_awaited(simulator, simulator->requests[thread]);
    else if (stop < simulator->first[thread + 1] - simulator->first[thread])
        *awaited = find_event(simulator, thread, stop);
    else
        return false;
    return true;
}

/* Marks one more thread that `from`, or one marked, waits for; false: there is none. */
static bool reach_one(struct simulator *simulator, uint32_t from)
{
    uint32_t count = simulator->trace->thread_count;
    struct sync_event awaited;

    for (uint32_t t = 0; t < count; t++) {
        if ((t != from && !simulator->reached[t]) || !find_wait(simulator, t, &awaited))
            continue;
        for (uint32_t other = 0; other < count; other++) {
            if (simulator->reached[other] || !depends_on(simulator, &awaited, other))
                continue;
            simulator->reached[other] = true;
            return true;
        }
    }
    return false;
}

/* Whether each waits for all, itself too, by way of any that are stuck. */
static bool need_each_other(struct simulator *simulator, const uint32_t *requests, size_t count)
{
    const struct sync_event *events = simulator->trace->events;

    for (size_t i = 0; i < count; i++) {
        memset(simulator->reached, 0, simulator->trace->thread_count * sizeof(bool));
        while (reach_one(simulator, events[requests[i]].thread)) {
        }
        for (size_t j = 0; j < count; j++) {
            if (!simulator->reached[events[requests[j]].thread])
                return false;
        }
    }
    return true;
}

bool simulator_are_stuck(struct simulator *simulator, const uint32_t *requests, size_t count)
{
    const struct sync_trace *trace = simulator->trace;

    for (uint32_t t = 0; t < trace->thread_count; t++) {
        simulator->stops[t] = simulator->first[t + 1] - simulator->first[t];
        simulator->requests[t] = SIMULATOR_NONE;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t thread = trace->events[requests[i]].thread;
        simulator->stops[thread] = simulator->threads[thread].done;
        simulator->requests[thread] = requests[i];
    }
    while (stop_threads(simulator)) {
    }
    for (size_t i = 0; i < count; i++) {
        struct sync_event awaited = find_awaited(simulator, requests[i]);
        if (!is_impossible(simulator, &awaited, true))
            return false;
    }
    return need_each_other(simulator, requests, count);
}
