#include "analyzer/schedule/event_glance.h"

#include "trace/event_pack.h"

struct glance {
    struct trace_event *room; /* for those that are packed */
    bool has_waits;
};

static bool is_of_wait(const struct trace_event *event)
{
    switch (event->kind) {
    case TRACE_EVENT_WAIT_BEGIN:
    case TRACE_EVENT_TAKE:
    case TRACE_EVENT_TAKE_POST:
    case TRACE_EVENT_BARRIER_ENTER:
        return true;
    case TRACE_EVENT_OBJECT:
        return event->mode == TRACE_LOCK_SEMAPHORE || event->mode == TRACE_LOCK_CONDITION ||
               event->mode == TRACE_LOCK_BARRIER || event->span & TRACE_LOCK_WRITER_QUEUES;
    default:
        return false;
    }
}

static void look(const struct trace_event *events, size_t count, void *context)
{
    struct glance *glance = context;

    for (size_t i = 0; i < count && !glance->has_waits; i++)
        glance->has_waits = is_of_wait(&events[i]);
}

static void look_packed(const struct trace_packed *block, void *context)
{
    struct glance *glance = context;
    struct event_model model;

    if (!glance->has_waits)
        look(glance->room, event_unpack(&model, block, glance->room), glance);
}

bool event_glance_has_waits(struct arena *arena, const struct trace_reader *reader)
{
    struct glance glance = {
        .room = arena_alloc(arena, TRACE_PACKED_EVENTS, sizeof *glance.room),
    };

    trace_reader_each_events(reader, look, &glance);
    trace_reader_each_packed(reader, look_packed, &glance);
    return glance.has_waits;
}
