#include <inttypes.h>
#include "analyzer/schedule/std_trace.h"

#define NOBODY UINT32_MAX

static const char *const words[SYNC_EVENT_KINDS] = {
    [SYNC_REQUEST] = "req", [SYNC_ACQUIRE] = "acq", [SYNC_RELEASE] = "rel", [SYNC_CREATE] = "fork",
    [SYNC_JOIN] = "join",   [SYNC_READ] = "r",      [SYNC_WRITE] = "w",
};

/* The letter that names of the object begin with; 0 for what the format does not have. */
static char letter_of(const struct sync_trace *trace, const struct sync_event *event)
{
    enum sync_object_kind kind = trace->objects[event->object].kind;

    if (words[event->kind] == NULL)
        return 0;
    switch (event->kind) {
    case SYNC_CREATE:
    case SYNC_JOIN:
        return 'T';
    case SYNC_READ:
    case SYNC_WRITE:
        return 'V';
    default:
        return kind == SYNC_LOCK || kind == SYNC_WRITER_QUEUE ? 'L' : 0;
    }
}

/* The others of a thread's events, and its fork and join, tell it. */
static bool goes_without_saying(const struct sync_trace *trace, const struct sync_event *event)
{
    return event->kind == SYNC_BEGIN || event->kind == SYNC_END ||
           (event->kind == SYNC_REQUEST && trace->objects[event->object].kind == SYNC_THREAD);
}

/* Marks the locks that someone reads, or gives back without having them. */
static void find_unsayable(const struct sync_trace *trace, uint32_t *holders, bool *unsayable)
{
    for (uint32_t i = 0; i < trace->object_count; i++)
        holders[i] = NOBODY;
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        if (letter_of(trace, event) != 'L')
            continue;
        if ((event->mode & SYNC_READER) != 0 ||
            (event->kind == SYNC_RELEASE && holders[event->object] != event->thread) ||
            (event->kind == SYNC_ACQUIRE && holders[event->object] != NOBODY))
            unsayable[event->object] = true;
        if (event->kind != SYNC_REQUEST)
            holders[event->object] = event->kind == SYNC_ACQUIRE ? event->thread : NOBODY;
    }
}

size_t std_trace_write(struct arena *arena, FILE *out, const struct sync_trace *trace)
{
    uint32_t *holders = arena_alloc(arena, trace->object_count, sizeof *holders);
    bool *unsayable = arena_alloc(arena, trace->object_count, sizeof *unsayable);
    size_t left_out = 0;

    find_unsayable(trace, holders, unsayable);
    for (size_t i = 0; i < trace->event_count; i++) {
        const struct sync_event *event = &trace->events[i];
        char letter = letter_of(trace, event);
        if (letter == 0 || unsayable[event->object]) {
            left_out += !goes_without_saying(trace, event);
            continue;
        }
        uint32_t number = letter == 'T' ? trace->objects[event->object].thread : event->object;
        fprintf(out, "T%" PRIu32 "|%s(%c%" PRIu32 ")|%" PRIu32 "\n", event->thread,
                words[event->kind], letter, number, event->site);
    }
    return left_out;
}
