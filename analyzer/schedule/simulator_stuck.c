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

/* By whom an event can be served: of a thread's end its beginning and its join, of any other object
 * one kind of wait. */
static size_t key_of(uint32_t object, bool is_beginning)
{
    return 2 * (size_t)object + is_beginning;
}

/* Whether an event could serve others, but for what gives back a lock; and whom. */
static bool serves(const struct sync_event *event, size_t *key)
{
    *key = key_of(event->object, event->kind == SYNC_CREATE);
    return event->kind == SYNC_POST || event->kind == SYNC_SIGNAL ||
           event->kind == SYNC_BROADCAST || event->kind == SYNC_BARRIER_ENTER ||
           event->kind == SYNC_END || event->kind == SYNC_CREATE;
}

static const struct sync_event *event_at(const struct simulator *simulator, uint32_t thread,
                                         size_t place)
{
    return &simulator->trace->events[simulator->positions[simulator->first[thread] + place]];
}

static size_t count_events(const struct simulator *simulator, uint32_t thread)
{
    return simulator->first[thread + 1] - simulator->first[thread];
}

/* Lists, for each key, the threads that serve it, with the last place where they do. */
static void find_servers(struct simulator *simulator)
{
    const struct sync_trace *trace = simulator->trace;
    size_t keys = key_of(trace->object_count, false), key;

    simulator->left = arena_alloc(simulator->arena, keys + 1, sizeof *simulator->left);
    simulator->first_server = arena_alloc(simulator->arena, keys + 1, sizeof(uint32_t));
    for (uint32_t t = 0; t < trace->thread_count; t++) {
        for (size_t i = 0; i < count_events(simulator, t); i++) {
            if (!serves(event_at(simulator, t, i), &key))
                continue;
            uint32_t *first = &simulator->first_server[key];
            if (*first == 0 || simulator->servers.items[*first - 1].thread != t) {
                *array_add(simulator->arena, &simulator->servers) = (struct server){t, 0, *first};
                *first = (uint32_t)simulator->servers.count;
            }
            simulator->servers.items[*first - 1].last = i;
        }
    }
}

/* Takes the servers of a part of a thread in or, `away`, out of what is left. */
static void count_left(struct simulator *simulator, uint32_t thread, size_t from, size_t to,
                       bool away)
{
    size_t key;

    for (size_t i = from; i < to; i++) {
        if (serves(event_at(simulator, thread, i), &key))
            simulator->left[key] += away ? (size_t)-1 : 1;
    }
}

static size_t left_for(const struct simulator *simulator, const struct sync_event *awaited)
{
    return simulator->left[key_of(awaited->object, awaited->kind == SYNC_BEGIN)];
}

static bool gives_back(const struct simulator *simulator, uint32_t thread, uint32_t lock)
{
    for (size_t i = simulator->threads[thread].done; i < simulator->stops[thread]; i++) {
        const struct sync_event *event = event_at(simulator, thread, i);
        if (event->kind == SYNC_RELEASE && event->object == lock)
            return true;
    }
    return false;
}

/* Somebody holds the lock against the event and does not give it back. */
static bool is_held_for_good(const struct simulator *simulator, const struct sync_event *awaited)
{
    for (uint32_t i = simulator->objects[awaited->object].holders; i != NO_HOLDER;) {
        const struct holder *holder = &simulator->holders.items[i];
        bool conflict = !holder->reads || (awaited->mode & SYNC_READER) == 0;
        if (conflict && !gives_back(simulator, holder->thread, awaited->object))
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
    return (entries + left_for(simulator, leave)) / parties <= turn / parties;
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
               left_for(simulator, event) == 0;
    case SYNC_WAIT_END:
        return (event->mode & SYNC_NOT_WOKEN) == 0 &&
               !(is_next && simulator_find_wake(simulator, event)) &&
               left_for(simulator, event) == 0;
    case SYNC_BARRIER_LEAVE:
        return stays_shut(simulator, event, is_next);
    case SYNC_JOIN:
        return !simulator->threads[kind->thread].ended && left_for(simulator, event) == 0;
    case SYNC_BEGIN:
        return simulator->is_created[event->thread] && !simulator->threads[event->thread].created &&
               left_for(simulator, event) == 0;
    default:
        return false;
    }
}

/* The event at a place of a thread, with the time limit of the call that it ends. */
static struct sync_event find_event(const struct simulator *simulator, uint32_t thread,
                                    size_t place)
{
    struct sync_event event = *event_at(simulator, thread, place);
    size_t back = event.kind == SYNC_WAIT_END ? 2 : 1; /* the release is between */
    const struct sync_event *begin =
        place >= back ? event_at(simulator, thread, place - back) : NULL;

    if (begin && (begin->kind == SYNC_REQUEST || begin->kind == SYNC_WAIT_BEGIN))
        event.mode |= begin->mode & SYNC_TIMED;
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
            count_left(simulator, t, i, simulator->stops[t], true);
            simulator->stops[t] = i;
            changed = true;
        }
    }
    return changed;
}

/* What a thread that is stuck waits for; false: it is not stuck. */
static bool find_wait(const struct simulator *simulator, uint32_t thread,
                      struct sync_event *awaited)
{
    size_t stop = simulator->stops[thread];

    if (simulator->requests[thread] != SIMULATOR_NONE)
        *awaited = find_awaited(simulator, simulator->requests[thread]);
    else if (stop < count_events(simulator, thread))
        *awaited = find_event(simulator, thread, stop);
    else
        return false;
    return true;
}

static bool mark(struct simulator *simulator, uint32_t thread)
{
    bool is_new = !simulator->reached[thread];

    simulator->reached[thread] = true;
    return is_new;
}

/* Marks the threads that a stuck one waits for: what it awaits would come if they went on. False:
 * all were marked. */
static bool mark_awaited(struct simulator *simulator, uint32_t thread)
{
    struct sync_event awaited;
    bool changed = false;

    if (!find_wait(simulator, thread, &awaited))
        return false;
    for (uint32_t t = 0; awaited.kind == SYNC_ACQUIRE && t < simulator->trace->thread_count; t++)
        changed |= simulator_holds_against(simulator, &awaited, t) && mark(simulator, t);
    uint32_t next = simulator->first_server[key_of(awaited.object, awaited.kind == SYNC_BEGIN)];
    while (awaited.kind != SYNC_ACQUIRE && next != 0) {
        const struct server *server = &simulator->servers.items[next - 1];
        changed |=
            server->last >= simulator->stops[server->thread] && mark(simulator, server->thread);
        next = server->next;
    }
    return changed;
}

/* Marks all that the thread waits for, by way of any that are stuck. */
static void mark_all_awaited(struct simulator *simulator, uint32_t thread)
{
    uint32_t count = simulator->trace->thread_count;

    memset(simulator->reached, 0, count * sizeof(bool));
    for (bool changed = mark_awaited(simulator, thread); changed;) {
        changed = false;
        for (uint32_t t = 0; t < count; t++)
            changed |= simulator->reached[t] && mark_awaited(simulator, t);
    }
}

/* Whether each waits for all, itself too, by way of any that are stuck. */
static bool need_each_other(struct simulator *simulator, const uint32_t *requests, size_t count)
{
    const struct sync_event *events = simulator->trace->events;

    for (size_t i = 0; i < count; i++) {
        mark_all_awaited(simulator, events[requests[i]].thread);
        for (size_t j = 0; j < count; j++) {
            if (!simulator->reached[events[requests[j]].thread])
                return false;
        }
    }
    return true;
}

/* Where threads stop, before anything is known to be impossible: those of the requests at them. */
static void begin(struct simulator *simulator, const uint32_t *requests, size_t count)
{
    const struct sync_trace *trace = simulator->trace;

    if (simulator->left == NULL)
        find_servers(simulator);
    memset(simulator->left, 0, key_of(trace->object_count, false) * sizeof *simulator->left);
    for (uint32_t t = 0; t < trace->thread_count; t++) {
        simulator->stops[t] = count_events(simulator, t);
        simulator->requests[t] = SIMULATOR_NONE;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t thread = trace->events[requests[i]].thread;
        simulator->stops[thread] = simulator->threads[thread].done;
        simulator->requests[thread] = requests[i];
    }
    for (uint32_t t = 0; t < trace->thread_count; t++)
        count_left(simulator, t, simulator->threads[t].done, simulator->stops[t], false);
}

bool simulator_are_stuck(struct simulator *simulator, const uint32_t *requests, size_t count)
{
    begin(simulator, requests, count);
    while (stop_threads(simulator)) {
    }
    for (size_t i = 0; i < count; i++) {
        struct sync_event awaited = find_awaited(simulator, requests[i]);
        if (!is_impossible(simulator, &awaited, true))
            return false;
    }
    return need_each_other(simulator, requests, count);
}
