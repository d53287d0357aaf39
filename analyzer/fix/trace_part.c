#include "analyzer/fix/trace_part.h"

#include <string.h>
#include "analyzer/base/array.h"
#include "analyzer/schedule/held_stack.h"
#include "analyzer/schedule/number_table.h"
#include "analyzer/schedule/trace_survey.h"

/* How often a thread's stretches that are alike are kept. */
enum { TIMES_KEPT = 4 };

/* A stretch of a thread between holding nothing and holding nothing; or a single event. */
struct stretch {
    uint64_t hash; /* of what is in it */
    bool is_of_locks, is_left_out;
};

struct choice {
    struct arena *arena; /* for the time of the choice */
    const struct sync_trace *run;
    bool *is_plain;      /* by object: a lock that nothing is told by */
    uint32_t *stretches; /* by event */
    ARRAY(struct stretch) all;
    uint32_t *open; /* by thread: 1 more than its stretch */
    uint32_t *depth;
    struct number_table times; /* of a stretch's hash: had so far */
};

static bool is_lock(const struct sync_trace *trace, const struct sync_event *event)
{
    enum sync_object_kind kind = trace->objects[event->object].kind;
    return kind == SYNC_LOCK || kind == SYNC_WRITER_QUEUE;
}

static bool is_section(const struct sync_event *event)
{
    return (event->kind == SYNC_REQUEST || event->kind == SYNC_ACQUIRE ||
            event->kind == SYNC_RELEASE) &&
           (event->mode & SYNC_IN_WAIT) == 0;
}

static void find_plain(struct choice *choice)
{
    const struct sync_trace *run = choice->run;

    choice->is_plain = arena_alloc(choice->arena, run->object_count, sizeof(bool));
    for (uint32_t i = 0; i < run->object_count; i++)
        choice->is_plain[i] =
            run->objects[i].kind == SYNC_LOCK || run->objects[i].kind == SYNC_WRITER_QUEUE;
    for (size_t i = 0; i < run->event_count; i++) {
        if (!is_section(&run->events[i]))
            choice->is_plain[run->events[i].object] = false;
    }
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static void close_stretch(struct choice *choice, uint32_t thread)
{
    struct stretch *stretch = &choice->all.items[choice->open[thread] - 1];

    choice->open[thread] = 0;
    if (!stretch->is_of_locks)
        return;
    uint32_t *times = number_table_at(choice->arena, &choice->times, stretch->hash);
    stretch->is_left_out = ++*times > TIMES_KEPT;
}

static void take_event(struct choice *choice, size_t position)
{
    const struct sync_event *event = &choice->run->events[position];
    uint32_t *open = &choice->open[event->thread], *depth = &choice->depth[event->thread];

    if (*open == 0) {
        *array_add(choice->arena, &choice->all) =
            (struct stretch){.hash = event->thread, .is_of_locks = true};
        *open = (uint32_t)choice->all.count;
    }
    struct stretch *stretch = &choice->all.items[*open - 1];
    choice->stretches[position] = *open - 1;
    stretch->is_of_locks &= choice->is_plain[event->object];
    stretch->hash = mix(mix(stretch->hash, (uint64_t)event->object << 32 | event->site),
                        (uint64_t)event->kind << 8 | event->mode);
    if (event->kind == SYNC_ACQUIRE)
        ++*depth;
    else if (event->kind == SYNC_RELEASE && *depth > 0)
        --*depth;
    bool asks = event->kind == SYNC_REQUEST && is_lock(choice->run, event);
    if (*depth == 0 && !asks && event->kind != SYNC_WAIT_BEGIN && (event->mode & SYNC_IN_WAIT) == 0)
        close_stretch(choice, event->thread);
}

static void choose_stretches(struct choice *choice, const uint32_t *kept, size_t kept_count)
{
    const struct sync_trace *run = choice->run;

    find_plain(choice);
    choice->stretches = arena_alloc(choice->arena, run->event_count, sizeof(uint32_t));
    choice->open = arena_alloc(choice->arena, run->thread_count, sizeof(uint32_t));
    choice->depth = arena_alloc(choice->arena, run->thread_count, sizeof(uint32_t));
    for (size_t i = 0; i < run->event_count; i++)
        take_event(choice, i);
    for (size_t i = 0; i < kept_count; i++)
        choice->all.items[choice->stretches[kept[i]]].is_left_out = false;
}

/* By object: whether its events are kept. */
static const bool *survey(struct arena *arena, const struct sync_trace *run, const bool *wanted)
{
    struct trace_survey survey;
    struct survey_choice choice;

    trace_survey_init(&survey, arena, run);
    for (size_t i = 0; i < run->event_count; i++)
        trace_survey_take(&survey, &run->events[i]);
    trace_survey_choose(&survey, wanted, &choice);
    return choice.is_kept;
}

/* ---- what threads leave open ---- */

struct part_room {
    struct arena *arena;
    struct trace_part *part;
    struct sync_event *events;
    uint64_t *times;
    size_t count;
};

static void add(struct part_room *room, struct sync_event event, uint64_t time)
{
    if (room->times != NULL)
        room->times[room->count] = time;
    room->events[room->count++] = event;
}

struct open_end {
    struct held_stack held;
    const struct sync_event *last; /* NULL: its function is over */
    uint64_t time;
    bool is_awaited; /* some thread stands before its end */
};

static void walk_to_end(struct part_room *room, struct open_end *ends)
{
    for (size_t i = 0; i < room->count; i++) {
        const struct sync_event *event = &room->events[i];
        struct open_end *end = &ends[event->thread];
        end->last = event->kind == SYNC_END ? NULL : event;
        end->time = room->times != NULL ? room->times[i] : 0;
        if (event->kind == SYNC_ACQUIRE)
            held_stack_push(room->arena, &end->held, event->object, event->mode & SYNC_READER,
                            event->site);
        else if (event->kind == SYNC_RELEASE)
            (void)!held_stack_remove(&end->held, event->object, NULL);
    }
}

/* A thread that waits for what may never be told goes no further; nor does one that has ended. */
static bool stays(const struct sync_trace *trace, const struct sync_event *last)
{
    return last == NULL || last->kind == SYNC_BARRIER_ENTER || last->kind == SYNC_WAIT_BEGIN ||
           (last->kind == SYNC_RELEASE && (last->mode & SYNC_IN_WAIT) != 0) ||
           (last->kind == SYNC_REQUEST && trace->objects[last->object].kind == SYNC_SEMAPHORE);
}

static void mark_awaited(const struct sync_trace *trace, struct open_end *ends)
{
    for (uint32_t t = 0; t < trace->thread_count; t++) {
        const struct sync_event *last = ends[t].last;
        const struct sync_object *object = last != NULL ? &trace->objects[last->object] : NULL;
        if (last != NULL && last->kind == SYNC_REQUEST && object->kind == SYNC_THREAD)
            ends[object->thread].is_awaited = true;
    }
}

static size_t count_open(const struct open_end *ends, uint32_t threads)
{
    size_t count = 0;

    for (uint32_t t = 0; t < threads; t++)
        count += ends[t].held.count + 3;
    return count;
}

/* It gets what it asked for. */
static void end_request(struct part_room *room, struct open_end *end)
{
    struct sync_event event = *end->last;
    bool is_join = room->part->trace.objects[event.object].kind == SYNC_THREAD;

    event.kind = is_join ? SYNC_JOIN : SYNC_ACQUIRE;
    event.mode &= SYNC_READER | SYNC_IN_WAIT;
    add(room, event, end->time);
    if (!is_join)
        held_stack_push(room->arena, &end->held, event.object, event.mode & SYNC_READER,
                        event.site);
}

static uint32_t end_object(const struct sync_trace *trace, uint32_t thread)
{
    for (uint32_t i = 0; i < trace->object_count; i++) {
        if (trace->objects[i].kind == SYNC_THREAD && trace->objects[i].thread == thread)
            return i;
    }
    return SYNC_UNKNOWN;
}

static void close_end(struct part_room *room, uint32_t thread, struct open_end *end)
{
    if (end->last->kind == SYNC_REQUEST)
        end_request(room, end);
    for (size_t i = end->held.count; i-- > 0;) {
        const struct held_entry *held = &end->held.items[i];
        add(room,
            (struct sync_event){.thread = thread,
                                .object = held->object,
                                .site = held->tag,
                                .kind = SYNC_RELEASE,
                                .mode = held->reader ? SYNC_READER : 0},
            end->time);
    }
    if (end->is_awaited)
        add(room,
            (struct sync_event){
                .thread = thread,
                .object = end_object(&room->part->trace, thread),
                .kind = SYNC_END,
            },
            end->time);
}

static void close_open(struct arena *arena, struct part_room *room)
{
    struct sync_trace *trace = &room->part->trace;
    struct open_end *ends = arena_alloc(room->arena, trace->thread_count, sizeof *ends);
    struct part_room whole = *room;

    walk_to_end(room, ends);
    mark_awaited(trace, ends);
    size_t more = count_open(ends, trace->thread_count);
    whole.events = arena_alloc(arena, room->count + more, sizeof *whole.events);
    memcpy(whole.events, room->events, room->count * sizeof *whole.events);
    if (room->times != NULL) {
        whole.times = arena_alloc(arena, room->count + more, sizeof *whole.times);
        memcpy(whole.times, room->times, room->count * sizeof *whole.times);
    }
    for (uint32_t t = 0; t < trace->thread_count; t++) {
        if (!stays(trace, ends[t].last))
            close_end(&whole, t, &ends[t]);
    }
    trace->events = whole.events;
    trace->times = whole.times;
    trace->event_count = whole.count;
}

static bool is_kept(const struct choice *choice, const bool *objects, size_t position)
{
    return (objects == NULL || objects[choice->run->events[position].object]) &&
           (choice->stretches == NULL ||
            !choice->all.items[choice->stretches[position]].is_left_out);
}

static void copy(struct arena *arena, const struct choice *choice, const bool *objects, size_t most,
                 struct trace_part *part)
{
    const struct sync_trace *run = choice->run;
    struct part_room room = {.arena = choice->arena, .part = part};
    size_t room_for = run->event_count < most ? run->event_count : most;

    room.events = arena_alloc(choice->arena, room_for, sizeof *room.events);
    if (run->times != NULL)
        room.times = arena_alloc(choice->arena, room_for, sizeof *room.times);
    part->trace = *run;
    uint32_t *of = arena_alloc(choice->arena, run->event_count, sizeof *of);
    for (size_t i = 0; i < run->event_count; i++) {
        bool keeps = room.count < room_for && is_kept(choice, objects, i);
        of[i] = keeps ? (uint32_t)room.count : TRACE_PART_NONE;
        if (keeps)
            add(&room, run->events[i], run->times != NULL ? run->times[i] : 0);
    }
    part->of = of;
    part->is_whole = room.count == run->event_count;
    close_open(arena, &room);
}

void trace_part_make(struct arena *arena, struct arena *scratch, const struct sync_trace *run,
                     const bool *wanted, const uint32_t *kept, size_t kept_count,
                     size_t most_events, struct trace_part *part)
{
    struct choice choice = {.arena = scratch, .run = run};
    const bool *objects = NULL;

    if (run->event_count > most_events) {
        objects = survey(scratch, run, wanted);
        choose_stretches(&choice, kept, kept_count);
    }
    copy(arena, &choice, objects, most_events, part);
}
