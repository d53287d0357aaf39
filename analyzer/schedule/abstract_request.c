#include "analyzer/schedule/abstract_request.h"

#include <string.h>
#include "analyzer/schedule/lock_use.h"

#define NO_SET UINT32_MAX

/* A request event and what it is alike to. */
struct sighting {
    uint32_t request;
    struct request_event event;
};

struct thread_state {
    struct held_stack held;
    uint32_t event_count;
    uint32_t set; /* the number of its held set, NO_SET when that has changed */
};

struct collector {
    struct arena *arena;
    struct abstract_requests *result;
    struct thread_state *threads;
    struct lock_use_result use;
    struct id_table request_table;
    struct held_sets sets;
    ARRAY(uint32_t) set_of; /* by request */
    ARRAY(struct abstract_request) requests;
    ARRAY(struct sighting) sightings;
};

/* What a request is looked for by. */
struct request_key {
    const struct collector *collector;
    uint32_t thread, object, mode, set;
};

static bool is_lock(const struct sync_trace *trace, uint32_t object)
{
    enum sync_object_kind kind = trace->objects[object].kind;
    return kind == SYNC_LOCK || kind == SYNC_WRITER_QUEUE;
}

/* The number of the set of locks that the thread holds and that may matter. */
static uint32_t held_set(struct collector *collector, uint32_t thread)
{
    struct thread_state *state = &collector->threads[thread];
    uint32_t end = collector->use.end_of[thread];

    if (state->set != NO_SET)
        return state->set;
    for (size_t i = 0; i < state->held.count; i++) {
        struct held_object held = {state->held.items[i].object, state->held.items[i].reader};
        if (collector->use.is_shared[held.object] && !collector->use.is_signal[held.object])
            held_sets_insert(collector->arena, &collector->sets, held);
    }
    if (end != SYNC_UNKNOWN)
        held_sets_insert(collector->arena, &collector->sets, (struct held_object){end, 0});
    state->set = held_sets_number(collector->arena, &collector->sets);
    return state->set;
}

static bool is_request(const void *context, uint32_t id)
{
    const struct request_key *key = context;
    const struct abstract_request *request = &key->collector->requests.items[id];

    return request->thread == key->thread && request->object == key->object &&
           request->mode == key->mode && key->collector->set_of.items[id] == key->set;
}

/* Where the thread took the locks of a set that it holds now. */
static const uint32_t *held_sites(struct collector *collector, uint32_t thread,
                                  const struct held_set *set)
{
    const struct held_stack *held = &collector->threads[thread].held;
    uint32_t *sites = arena_alloc(collector->arena, set->count, sizeof *sites);

    for (uint32_t i = 0; i < set->count; i++) {
        sites[i] = SYNC_UNKNOWN;
        for (size_t j = 0; j < held->count; j++) {
            if (held->items[j].object == set->held[i].object)
                sites[i] = held->items[j].tag;
        }
    }
    return sites;
}

static uint32_t request_number(struct collector *collector, const struct sync_event *event,
                               uint32_t set)
{
    struct arena *arena = collector->arena;
    struct request_key key = {
        collector, event->thread, event->object, event->mode & (uint32_t)(SYNC_READER | SYNC_TIMED),
        set,
    };
    uint32_t hash = id_hash(id_hash(id_hash(id_hash(0, set), key.thread), key.object), key.mode);
    uint32_t number = id_table_number(arena, &collector->request_table, hash, is_request, &key);

    if (number == collector->requests.count) {
        *array_add(arena, &collector->set_of) = set;
        *array_add(arena, &collector->requests) = (struct abstract_request){
            .thread = key.thread,
            .object = key.object,
            .mode = key.mode,
            .held_count = collector->sets.sets.items[set].count,
            .held = collector->sets.sets.items[set].held,
            .held_sites = held_sites(collector, key.thread, &collector->sets.sets.items[set]),
        };
    }
    return number;
}

/* Whether the request may be part of a pattern: the lock is one, and there is something held that
 * others may wait for; or it is a writer who can make a reader wait. */
static bool may_take_part(struct collector *collector, const struct sync_event *event)
{
    const struct sync_trace *trace = collector->result->trace;
    bool is_writer =
        trace->objects[event->object].kind == SYNC_WRITER_QUEUE && (event->mode & SYNC_READER) == 0;

    if (lock_use_is_request_of_end(trace, event)
            ? !collector->use.is_awaited[event->object]
            : !is_lock(trace, event->object) || !collector->use.is_shared[event->object] ||
                  collector->use.is_signal[event->object])
        return false;
    return is_writer || collector->threads[event->thread].held.count != 0 ||
           collector->use.end_of[event->thread] != SYNC_UNKNOWN;
}

static void take_request(struct collector *collector, size_t position)
{
    const struct sync_trace *trace = collector->result->trace;
    const struct sync_event *event = &trace->events[position];
    struct thread_state *state = &collector->threads[event->thread];

    if (!may_take_part(collector, event))
        return;
    uint32_t set = held_set(collector, event->thread);
    if (collector->sets.sets.items[set].count == 0 &&
        trace->objects[event->object].kind != SYNC_WRITER_QUEUE)
        return;
    uint32_t number = request_number(collector, event, set);
    collector->requests.items[number].event_count++;
    *array_add(collector->arena, &collector->sightings) =
        (struct sighting){number, {state->event_count, (uint32_t)position}};
}

static void take_events(struct collector *collector)
{
    const struct sync_trace *trace = collector->result->trace;

    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        struct thread_state *state = &collector->threads[event->thread];
        state->event_count++;
        if (event->kind == SYNC_REQUEST) {
            take_request(collector, i);
        } else if (event->kind == SYNC_ACQUIRE) {
            held_stack_push(collector->arena, &state->held, event->object,
                            event->mode & SYNC_READER, event->site);
            state->set = NO_SET;
        } else if (event->kind == SYNC_RELEASE) {
            (void)held_stack_remove(&state->held, event->object, NULL);
            state->set = NO_SET;
        }
    }
}

/* Hands each request its events, in the order of the trace. */
static void attach_events(struct collector *collector)
{
    size_t count = collector->sightings.count;
    struct request_event *events = arena_alloc(collector->arena, count, sizeof *events);
    struct request_event **next =
        arena_alloc(collector->arena, collector->requests.count, sizeof(struct request_event *));

    for (size_t i = 0; i < collector->requests.count; i++) {
        collector->requests.items[i].events = next[i] = events;
        events += collector->requests.items[i].event_count;
    }
    for (size_t i = 0; i < count; i++)
        *next[collector->sightings.items[i].request]++ = collector->sightings.items[i].event;
}

/* Finds out which locks are signals, shared, or the end of a thread that matters. */
static void survey(struct collector *collector)
{
    const struct sync_trace *trace = collector->result->trace;
    struct lock_use use;

    lock_use_init(&use, collector->arena, trace);
    for (size_t i = 0; i < trace->event_count; i++)
        lock_use_take(&use, &trace->events[i]);
    lock_use_finish(&use, &collector->use);
}

void abstract_requests_collect(struct arena *arena, const struct sync_trace *trace,
                               struct abstract_requests *requests)
{
    struct collector collector = {
        .arena = arena,
        .result = requests,
        .threads = arena_alloc(arena, trace->thread_count, sizeof *collector.threads),
    };

    *requests = (struct abstract_requests){.trace = trace};
    survey(&collector);
    for (uint32_t i = 0; i < trace->thread_count; i++)
        collector.threads[i].set = NO_SET;
    take_events(&collector);
    attach_events(&collector);
    requests->requests = collector.requests.items;
    requests->count = collector.requests.count;
    requests->is_signal = collector.use.is_signal;
    requests->is_shared = collector.use.is_shared;
}

static const struct held_object *find_held(const struct abstract_request *request, uint32_t object)
{
    for (uint32_t i = 0; i < request->held_count; i++) {
        if (request->held[i].object == object)
            return &request->held[i];
    }
    return NULL;
}

bool abstract_request_waits_for(const struct sync_trace *trace,
                                const struct abstract_request *waiter,
                                const struct abstract_request *holder)
{
    const struct held_object *held = find_held(holder, waiter->object);

    if (held == NULL || waiter->thread == holder->thread)
        return false;
    return !held->reader || (waiter->mode & SYNC_READER) == 0 ||
           trace->objects[waiter->object].kind == SYNC_WRITER_QUEUE;
}

bool abstract_request_share_gate(const struct abstract_request *a, const struct abstract_request *b)
{
    for (uint32_t i = 0; i < a->held_count; i++) {
        const struct held_object *held = find_held(b, a->held[i].object);
        if (held != NULL && (!held->reader || !a->held[i].reader))
            return true;
    }
    return false;
}
