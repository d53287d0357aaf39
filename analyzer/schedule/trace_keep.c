#include "analyzer/schedule/trace_keep.h"

/* One that is too long is not kept in parts: nobody could use them. */
static void keep_event(struct trace_keep *keep, const struct sync_event *event)
{
    if (keep->count == keep->capacity) {
        keep->has_all = false;
        arena_destroy(&keep->room);
    } else {
        if (keep->times != NULL)
            keep->times[keep->count] = *keep->source->time_ns;
        keep->events[keep->count++] = *event;
    }
}

static void take_first(void *taker, const struct sync_event *event)
{
    struct trace_keep *keep = taker;

    trace_survey_take(&keep->survey, event);
    if (keep->has_all)
        keep_event(keep, event);
    if (keep->also != NULL)
        keep->also(keep->context, event);
}

bool trace_keep_read(struct trace_keep *keep, struct arena *arena, struct sync_source *source,
                     size_t most_events, sync_take *also, void *context, const char **error)
{
    *keep = (struct trace_keep){
        .arena = arena,
        .source = source,
        .capacity = most_events,
        .has_all = true,
        .also = also,
        .context = context,
    };
    if (source->most_events != 0 && source->most_events < most_events)
        keep->capacity = source->most_events;
    arena_init(&keep->room, arena->cap_bytes);
    trace_survey_init(&keep->survey, arena, source->trace);
    /* Pages that are not used cost nothing. */
    keep->events = arena_alloc(&keep->room, keep->capacity, sizeof *keep->events);
    if (source->time_ns != NULL)
        keep->times = arena_alloc(&keep->room, keep->capacity, sizeof *keep->times);
    bool is_read = source->read(source, take_first, keep, error);
    arena_take_over(arena, &keep->room);
    return is_read;
}

/* What is read again, for what is kept of it. */
struct second_reading {
    struct survey_choice choice;
    uint32_t object_count;
    const struct sync_source *source;
    struct sync_event *events;
    uint64_t *times;
    size_t count;
};

/* A file may have grown meanwhile. */
static void take_second(void *taker, const struct sync_event *event)
{
    struct second_reading *reading = taker;

    if (event->object >= reading->object_count || !reading->choice.is_kept[event->object] ||
        reading->count >= reading->choice.events)
        return;
    if (reading->times != NULL)
        reading->times[reading->count] = *reading->source->time_ns;
    reading->events[reading->count++] = *event;
}

bool trace_keep_load(struct trace_keep *keep, const bool *wanted, struct sync_trace *trace,
                     bool *drops_shared, const char **error)
{
    struct second_reading reading = {.object_count = keep->source->trace->object_count,
                                     .source = keep->source};

    *drops_shared = false;
    *trace = *keep->source->trace;
    trace->events = keep->events;
    trace->times = keep->times;
    trace->event_count = keep->count;
    if (keep->has_all)
        return true;
    trace_survey_choose(&keep->survey, wanted, &reading.choice);
    reading.events = arena_alloc(keep->arena, reading.choice.events, sizeof *reading.events);
    if (keep->times != NULL)
        reading.times = arena_alloc(keep->arena, reading.choice.events, sizeof *reading.times);
    if (!keep->source->read(keep->source, take_second, &reading, error))
        return false;
    trace->events = keep->events = reading.events;
    trace->times = keep->times = reading.times;
    trace->event_count = keep->count = reading.count;
    *drops_shared = reading.choice.drops_shared;
    return true;
}
