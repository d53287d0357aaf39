#include "analyzer/schedule/wait_guess.h"

#include <string.h>
#include "analyzer/base/id_table.h"
#include "analyzer/schedule/held_stack.h"

#define NO_CONDITION UINT32_MAX

/* Sections of this mutex begun at this place led to waits for this condition. */
struct waiting_place {
    uint32_t mutex, place, condition;
};

struct signal_ref {
    uint32_t thread, index; /* index 0: none */
};

/* The last one, and the last by another thread than that one's. */
struct last_signals {
    struct signal_ref last, other;
};

struct walker {
    struct held_stack held; /* tags: positions of the acquires */
    uint32_t waits_for;     /* the condition whose wait gives back the mutex next */
    uint32_t events;
    ARRAY(struct edge) pending; /* guesses for sections that may still lead to a wait */
    ARRAY(uint32_t) pending_mutex;
};

struct guesser {
    struct arena *arena;
    struct schedule_index *index;
    struct walker *walkers;
    struct last_signals *signals; /* by condition */
    struct id_table table;
    bool *is_of_wait; /* by object: a mutex that a wait gave back */
    ARRAY(struct waiting_place) places;
    struct waiting_place wanted;
};

static bool is_wanted(const void *context, uint32_t id)
{
    const struct guesser *guesser = context;
    const struct waiting_place *place = &guesser->places.items[id];

    return place->mutex == guesser->wanted.mutex && place->place == guesser->wanted.place &&
           place->condition == guesser->wanted.condition;
}

static uint32_t place_of(const struct guesser *guesser, const struct sync_event *event)
{
    const uint32_t *places = guesser->index->trace->places;

    return places != NULL ? places[event->site] : event->site;
}

/* Learns from a wait's release of its mutex where that was taken. */
static void learn(struct guesser *guesser, const struct sync_event *release, uint32_t acquired_at)
{
    struct arena *arena = guesser->arena;
    const struct sync_event *acquire = &guesser->index->trace->events[acquired_at];
    uint32_t condition = guesser->walkers[release->thread].waits_for;

    if (condition == NO_CONDITION || (acquire->mode & SYNC_IN_WAIT) != 0)
        return;
    guesser->is_of_wait[release->object] = true;
    uint32_t place = place_of(guesser, acquire);
    guesser->wanted = (struct waiting_place){release->object, place, condition};
    uint32_t number = id_table_number(
        arena, &guesser->table, id_hash(id_hash(id_hash(0, release->object), place), condition),
        is_wanted, guesser);
    if (number == guesser->places.count)
        *array_add(arena, &guesser->places) = guesser->wanted;
}

static void find_places(struct guesser *guesser)
{
    const struct sync_trace *trace = guesser->index->trace;

    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        struct walker *walker = &guesser->walkers[event->thread];
        uint32_t acquired_at;
        if (event->kind == SYNC_WAIT_BEGIN)
            walker->waits_for = event->object;
        else if (event->kind == SYNC_ACQUIRE)
            held_stack_push(guesser->arena, &walker->held, event->object, false, (uint32_t)i);
        else if (event->kind == SYNC_RELEASE &&
                 held_stack_remove(&walker->held, event->object, &acquired_at) &&
                 (event->mode & SYNC_IN_WAIT) != 0)
            learn(guesser, event, acquired_at);
    }
}

/* The last signal of the condition may be why the section that begins does not wait for it. */
static void add_guess(struct guesser *guesser, const struct sync_event *acquire, uint32_t condition)
{
    struct walker *walker = &guesser->walkers[acquire->thread];
    const struct last_signals *signals = &guesser->signals[condition];
    struct signal_ref signal =
        signals->last.thread == acquire->thread ? signals->other : signals->last;

    if (signal.index == 0)
        return;
    *array_add(guesser->arena, &walker->pending) =
        (struct edge){walker->events, signal.thread, signal.index};
    *array_add(guesser->arena, &walker->pending_mutex) = acquire->object;
}

/* A section begins, maybe where others waited. */
static void begin_section(struct guesser *guesser, const struct sync_event *acquire)
{
    uint32_t at = place_of(guesser, acquire);

    if (!guesser->is_of_wait[acquire->object] || (acquire->mode & SYNC_IN_WAIT) != 0)
        return;
    for (size_t i = 0; i < guesser->places.count; i++) {
        const struct waiting_place *place = &guesser->places.items[i];
        if (place->mutex == acquire->object && place->place == at)
            add_guess(guesser, acquire, place->condition);
    }
}

/* The section of the mutex ended: by a wait, or without one. */
static void end_section(struct guesser *guesser, const struct sync_event *release)
{
    struct walker *walker = &guesser->walkers[release->thread];
    struct thread_index *thread = &guesser->index->threads[release->thread];
    size_t kept = 0;

    for (size_t i = 0; i < walker->pending.count; i++) {
        if (walker->pending_mutex.items[i] != release->object) {
            walker->pending.items[kept] = walker->pending.items[i];
            walker->pending_mutex.items[kept++] = walker->pending_mutex.items[i];
        } else if ((release->mode & SYNC_IN_WAIT) == 0) {
            edge_list_insert(guesser->arena, &thread->guesses, walker->pending.items[i]);
        }
    }
    walker->pending.count = walker->pending_mutex.count = kept;
}

static void note_signal(struct last_signals *signals, struct signal_ref signal)
{
    if (signals->last.thread != signal.thread)
        signals->other = signals->last;
    signals->last = signal;
}

static void find_guesses(struct guesser *guesser)
{
    const struct sync_trace *trace = guesser->index->trace;

    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        struct walker *walker = &guesser->walkers[event->thread];
        walker->events++;
        if (event->kind == SYNC_SIGNAL || event->kind == SYNC_BROADCAST)
            note_signal(&guesser->signals[event->object],
                        (struct signal_ref){event->thread, walker->events});
        else if (event->kind == SYNC_ACQUIRE)
            begin_section(guesser, event);
        else if (event->kind == SYNC_RELEASE)
            end_section(guesser, event);
    }
}

static bool has_waits(const struct sync_trace *trace)
{
    for (uint32_t i = 0; i < trace->object_count; i++) {
        if (trace->objects[i].kind == SYNC_CONDITION)
            return true;
    }
    return false;
}

void wait_guesses_add(struct schedule_index *index)
{
    const struct sync_trace *trace = index->trace;
    struct arena *arena = index->arena;
    struct guesser guesser = {.arena = arena, .index = index};

    if (!has_waits(trace))
        return;
    guesser.walkers = arena_alloc(arena, trace->thread_count, sizeof *guesser.walkers);
    guesser.signals = arena_alloc(arena, trace->object_count, sizeof *guesser.signals);
    guesser.is_of_wait = arena_alloc(arena, trace->object_count, sizeof *guesser.is_of_wait);
    for (uint32_t i = 0; i < trace->thread_count; i++)
        guesser.walkers[i].waits_for = NO_CONDITION;
    find_places(&guesser);
    if (guesser.places.count != 0)
        find_guesses(&guesser);
}

uint32_t wait_guesses_skipped(const struct schedule_index *index, const uint32_t *order,
                              size_t count)
{
    const struct sync_trace *trace = index->trace;
    uint32_t *passed = index->passed;

    memset(passed, 0, trace->thread_count * sizeof *passed);
    memset(index->next_guess, 0, trace->thread_count * sizeof *index->next_guess);
    for (size_t i = 0; i < count; i++) {
        uint32_t thread = trace->events[order[i]].thread;
        const struct edge_list *guesses = &index->threads[thread].guesses;
        uint32_t *next = &index->next_guess[thread];
        for (passed[thread]++;
             *next < guesses->count && guesses->items[*next].index <= passed[thread]; ++*next) {
            if (passed[guesses->items[*next].thread] < guesses->items[*next].from)
                return order[i];
        }
    }
    return SYNC_UNKNOWN;
}
