#include "analyzer/schedule/wait_request.h"

#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/base/id_table.h"
#include "analyzer/schedule/held_stack.h"

struct thread_state {
    struct held_stack held; /* tags: sites */
    uint32_t events;
    uint32_t held_count;
    size_t begun; /* position of the WAIT_BEGIN of the wait that it is in */
};

/* A wait or request, and what it is alike to. */
struct sighting {
    uint32_t number;
    struct request_event event;
};

struct collector {
    struct arena *arena;
    struct wait_requests *result;
    const struct sync_trace *trace;
    struct thread_state *threads;
    uint32_t *mutex_of;
    uint32_t *away;  /* by semaphore: how many of its units can be away at once, at most */
    bool *is_held;   /* by object: by a thread that waits or asks for something */
    bool *is_server; /* by thread */
    bool any_holds;
    struct id_table table;
    ARRAY(struct abstract_request) requests; /* the waits, then requests with nothing held */
    ARRAY(struct sighting) sightings;
    ARRAY(struct held_object) held; /* of the one in hand */
    uint32_t thread, object, mode;  /* of the same */
};

bool wait_request_is_served(const struct sync_trace *trace, uint32_t object)
{
    const struct sync_object *kind = &trace->objects[object];

    return kind->kind == SYNC_CONDITION ||
           ((kind->kind == SYNC_SEMAPHORE || kind->kind == SYNC_BARRIER) &&
            kind->initial != SYNC_UNKNOWN);
}

bool wait_request_serves(const struct sync_event *event)
{
    return event->kind == SYNC_POST || event->kind == SYNC_SIGNAL ||
           event->kind == SYNC_BROADCAST || event->kind == SYNC_BARRIER_ENTER;
}

static uint64_t server_key(uint32_t object, uint32_t thread)
{
    return (uint64_t)object << 32 | thread;
}

uint32_t wait_request_last_server(const struct wait_requests *waits, uint32_t object,
                                  uint32_t thread)
{
    const uint32_t *last = number_table_find(&waits->servers, server_key(object, thread));

    return last != NULL ? *last : 0;
}

static bool has_waits(const struct sync_trace *trace)
{
    for (uint32_t i = 0; i < trace->object_count; i++) {
        if (wait_request_is_served(trace, i))
            return true;
    }
    return false;
}

static bool is_wanted(const void *context, uint32_t id)
{
    const struct collector *collector = context;
    const struct abstract_request *wait = &collector->requests.items[id];

    return wait->thread == collector->thread && wait->object == collector->object &&
           wait->mode == collector->mode && wait->held_count == collector->held.count &&
           (wait->held_count == 0 ||
            memcmp(wait->held, collector->held.items, wait->held_count * sizeof *wait->held) == 0);
}

/* The locks that the thread holds and that others use, by object, each once. */
static uint32_t collect_held(struct collector *collector, const struct held_stack *stack)
{
    uint32_t hash = id_hash(id_hash(0, collector->thread), collector->object);

    collector->held.count = 0;
    for (size_t i = 0; i < stack->count; i++) {
        struct held_object held = {stack->items[i].object, stack->items[i].reader};
        size_t at = 0, count = collector->held.count;
        if (!collector->result->locks->is_shared[held.object] ||
            collector->result->locks->is_signal[held.object])
            continue;
        while (at < count && collector->held.items[at].object < held.object)
            at++;
        if (at < count && collector->held.items[at].object == held.object) {
            collector->held.items[at].reader &= held.reader;
            continue;
        }
        (void)array_add(collector->arena, &collector->held);
        for (size_t j = count; j > at; j--)
            collector->held.items[j] = collector->held.items[j - 1];
        collector->held.items[at] = held;
    }
    for (size_t i = 0; i < collector->held.count; i++)
        hash = id_hash(id_hash(hash, collector->held.items[i].object),
                       collector->held.items[i].reader);
    return hash;
}

static uint32_t site_of(const struct held_stack *stack, uint32_t object)
{
    size_t i = 0;

    while (i < stack->count && stack->items[i].object != object)
        i++;
    return i < stack->count ? stack->items[i].tag : SYNC_UNKNOWN;
}

static struct abstract_request make_request(struct collector *collector,
                                            const struct held_stack *stack)
{
    size_t count = collector->held.count;
    struct held_object *held = arena_alloc(collector->arena, count, sizeof *held);
    uint32_t *sites = arena_alloc(collector->arena, count, sizeof *sites);

    for (size_t i = 0; i < count; i++) {
        held[i] = collector->held.items[i];
        sites[i] = site_of(stack, held[i].object);
        collector->is_held[held[i].object] = true;
    }
    return (struct abstract_request){
        .thread = collector->thread,
        .object = collector->object,
        .mode = collector->mode,
        .held_count = (uint32_t)count,
        .held = held,
        .held_sites = sites,
    };
}

/* What begins at the position ends with the event after the one that the thread has just done. */
static void add_sighting(struct collector *collector, size_t position, uint32_t index)
{
    const struct sync_event *event = &collector->trace->events[position];
    const struct held_stack *stack = &collector->threads[event->thread].held;

    collector->thread = event->thread;
    collector->object = event->object;
    collector->mode = event->mode & SYNC_READER;
    uint32_t hash = collect_held(collector, stack);
    uint32_t number =
        id_table_number(collector->arena, &collector->table, hash, is_wanted, collector);
    if (number == collector->requests.count)
        *array_add(collector->arena, &collector->requests) = make_request(collector, stack);
    collector->requests.items[number].event_count++;
    collector->any_holds |= collector->held.count > 0;
    *array_add(collector->arena, &collector->sightings) =
        (struct sighting){number, {index, (uint32_t)position}};
}

static void add_wait(struct collector *collector, size_t position)
{
    uint32_t thread = collector->trace->events[position].thread;
    add_sighting(collector, position, collector->threads[thread].events + 1);
}

/* A thread has taken at most as many units of a semaphore as it ever has in its own order. */
static void count_away(struct collector *collector)
{
    struct number_table taken = {0}, most = {0};

    for (size_t i = 0; i < collector->trace->event_count; i++) {
        const struct sync_event *event = &collector->trace->events[i];
        if (event->kind != SYNC_TAKE && event->kind != SYNC_POST)
            continue;
        uint64_t key = server_key(event->object, event->thread);
        uint32_t *own = number_table_at(collector->arena, &taken, key);
        *own += event->kind == SYNC_TAKE ? 1 : UINT32_MAX;
        uint32_t now = *own, *highest = number_table_at(collector->arena, &most, key);
        if ((int32_t)now <= (int32_t)*highest)
            continue;
        *highest = now;
        collector->away[event->object]++;
    }
}

/* One that is never empty is never waited for. */
static bool can_be_shut(const struct collector *collector, uint32_t object)
{
    const struct sync_object *kind = &collector->trace->objects[object];

    return kind->kind != SYNC_SEMAPHORE || collector->away[object] >= kind->initial;
}

static void take_request(struct collector *collector, size_t position)
{
    const struct sync_event *event = &collector->trace->events[position];

    if (wait_request_is_served(collector->trace, event->object) &&
        can_be_shut(collector, event->object) && (event->mode & SYNC_TIMED) == 0)
        add_wait(collector, position);
}

/* The mutex of a wait is given back: now the thread waits. */
static void take_release(struct collector *collector, const struct sync_event *release)
{
    const struct sync_event *events = collector->trace->events;
    struct thread_state *state = &collector->threads[release->thread];
    const struct sync_event *begin = &events[state->begun];

    (void)held_stack_remove(&state->held, release->object, NULL);
    if ((release->mode & SYNC_IN_WAIT) == 0 || begin->kind != SYNC_WAIT_BEGIN ||
        begin->thread != release->thread || (begin->mode & SYNC_TIMED) != 0)
        return;
    collector->mutex_of[begin->object] = release->object;
    add_wait(collector, state->begun);
}

static void take_event(struct collector *collector, size_t position)
{
    const struct sync_event *event = &collector->trace->events[position];
    struct thread_state *state = &collector->threads[event->thread];

    state->events++;
    switch ((enum sync_event_kind)event->kind) {
    case SYNC_REQUEST:
    case SYNC_BARRIER_ENTER:
        take_request(collector, position);
        break;
    case SYNC_WAIT_BEGIN:
        state->begun = position;
        break;
    case SYNC_ACQUIRE:
        held_stack_push(collector->arena, &state->held, event->object, event->mode & SYNC_READER,
                        event->site);
        break;
    case SYNC_RELEASE:
        take_release(collector, event);
        break;
    default:
        break;
    }
}

static void find_servers(struct collector *collector)
{
    const struct sync_trace *trace = collector->trace;

    for (uint32_t i = 0; i < trace->thread_count; i++)
        collector->threads[i] = (struct thread_state){0};
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        uint32_t index = ++collector->threads[event->thread].events;
        if (!wait_request_serves(event) || !wait_request_is_served(trace, event->object))
            continue;
        *number_table_at(collector->arena, &collector->result->servers,
                         server_key(event->object, event->thread)) = index;
        collector->is_server[event->thread] = true;
    }
}

static bool any_is_joined(const struct abstract_requests *locks)
{
    for (size_t i = 0; i < locks->count; i++) {
        if (locks->trace->objects[locks->requests[i].object].kind == SYNC_THREAD)
            return true;
    }
    return false;
}

static void find_held(struct collector *collector)
{
    const struct abstract_requests *locks = collector->result->locks;

    for (size_t i = 0; i < locks->count; i++) {
        for (uint32_t j = 0; j < locks->requests[i].held_count; j++)
            collector->is_held[locks->requests[i].held[j].object] = true;
    }
}

static bool is_lock(const struct collector *collector, uint32_t object)
{
    enum sync_object_kind kind = collector->trace->objects[object].kind;

    return (kind == SYNC_LOCK || kind == SYNC_WRITER_QUEUE) &&
           collector->result->locks->is_shared[object] &&
           !collector->result->locks->is_signal[object];
}

/* Requests with a lock held are known, those of a joined thread too. */
static void take_bare_request(struct collector *collector, size_t position)
{
    const struct sync_event *event = &collector->trace->events[position];
    const struct thread_state *state = &collector->threads[event->thread];

    if (collector->is_server[event->thread] && (event->mode & SYNC_TIMED) == 0 &&
        is_lock(collector, event->object) && collector->is_held[event->object] &&
        state->held_count == 0)
        add_sighting(collector, position, state->events);
}

static void find_bare_requests(struct collector *collector)
{
    const struct sync_trace *trace = collector->trace;

    for (uint32_t i = 0; i < trace->thread_count; i++)
        collector->threads[i].events = 0;
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        struct thread_state *state = &collector->threads[event->thread];
        state->events++;
        if (event->kind == SYNC_REQUEST)
            take_bare_request(collector, i);
        else if (event->kind == SYNC_ACQUIRE && is_lock(collector, event->object))
            state->held_count++;
        else if (event->kind == SYNC_RELEASE && is_lock(collector, event->object))
            state->held_count--;
    }
}

static void attach_events(struct collector *collector)
{
    size_t count = collector->sightings.count, requests = collector->requests.count;
    struct request_event *events = arena_alloc(collector->arena, count, sizeof *events);
    struct request_event **next =
        arena_alloc(collector->arena, requests, sizeof(struct request_event *));

    for (size_t i = 0; i < requests; i++) {
        collector->requests.items[i].events = next[i] = events;
        events += collector->requests.items[i].event_count;
    }
    for (size_t i = 0; i < count; i++)
        *next[collector->sightings.items[i].number]++ = collector->sightings.items[i].event;
}

static void list_nodes(struct collector *collector)
{
    const struct abstract_requests *locks = collector->result->locks;
    size_t own = collector->requests.count, count = 0;
    const struct abstract_request **nodes =
        arena_alloc(collector->arena, own + locks->count, sizeof(const struct abstract_request *));

    for (size_t i = 0; i < own; i++)
        nodes[count++] = &collector->requests.items[i];
    for (size_t i = 0; i < locks->count; i++) {
        if ((locks->requests[i].mode & SYNC_TIMED) == 0)
            nodes[count++] = &locks->requests[i];
    }
    collector->result->nodes = nodes;
    collector->result->node_count = count;
}

void wait_requests_collect(struct arena *arena, const struct abstract_requests *locks,
                           struct wait_requests *waits)
{
    const struct sync_trace *trace = locks->trace;
    struct collector collector = {.arena = arena, .result = waits, .trace = trace};

    *waits = (struct wait_requests){.locks = locks};
    if (!has_waits(trace))
        return;
    collector.mutex_of = arena_alloc(arena, trace->object_count, sizeof *collector.mutex_of);
    memset(collector.mutex_of, 0xff, trace->object_count * sizeof *collector.mutex_of);
    collector.is_held = arena_alloc(arena, trace->object_count, sizeof(bool));
    collector.threads = arena_alloc(arena, trace->thread_count, sizeof *collector.threads);
    collector.is_server = arena_alloc(arena, trace->thread_count, sizeof(bool));
    collector.away = arena_alloc(arena, trace->object_count, sizeof *collector.away);
    count_away(&collector);
    for (size_t i = 0; i < trace->event_count; i++)
        take_event(&collector, i);
    if (!collector.any_holds && !any_is_joined(locks))
        return;
    waits->wait_count = collector.requests.count;
    waits->mutex_of = collector.mutex_of;
    find_servers(&collector);
    find_held(&collector);
    find_bare_requests(&collector);
    attach_events(&collector);
    list_nodes(&collector);
}

bool wait_request_waits_for(const struct wait_requests *waits,
                            const struct abstract_request *waiter,
                            const struct abstract_request *other)
{
    const struct sync_trace *trace = waits->locks->trace;

    if (waiter->thread == other->thread)
        return false;
    if (trace->objects[waiter->object].kind == SYNC_THREAD)
        return trace->objects[waiter->object].thread == other->thread;
    if (!wait_request_is_served(trace, waiter->object))
        return abstract_request_waits_for(trace, waiter, other);
    return other->events[0].index <= wait_request_last_server(waits, waiter->object, other->thread);
}
