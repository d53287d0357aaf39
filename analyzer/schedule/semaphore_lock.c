#include "analyzer/schedule/semaphore_lock.h"

#include <stdbool.h>

/* A semaphore, as far as the trace was walked. */
struct use {
    bool is_lock;    /* not found to be none so far */
    uint32_t holder; /* 1 more than the thread that took it last; 0: posted since */
};

/* False: there is no semaphore that may be a lock. */
static bool begin(const struct sync_trace *trace, struct use *uses)
{
    bool any = false;

    for (uint32_t i = 0; i < trace->object_count; i++) {
        uses[i].is_lock =
            trace->objects[i].kind == SYNC_SEMAPHORE && trace->objects[i].initial == 1;
        any |= uses[i].is_lock;
    }
    return any;
}

static void note(struct use *use, const struct sync_event *event)
{
    uint32_t thread = event->thread + 1;

    if (event->kind == SYNC_TAKE) {
        use->is_lock &= use->holder == 0;
        use->holder = thread;
    } else if (event->kind == SYNC_POST) {
        use->is_lock &= use->holder == thread;
        use->holder = 0;
    }
}

/* A wait that a signal interrupted leaves a request that nothing answers: nobody waits there for
 * good. `asked`: by thread, 1 more than the position of its last event, if that is such a request.
 */
static void give_up(struct sync_event *events, uint32_t *asked, const struct sync_event *event)
{
    struct sync_event *request = *asked != 0 ? &events[*asked - 1] : NULL;

    if (request != NULL && (event->kind != SYNC_TAKE || event->object != request->object))
        request->mode |= SYNC_TIMED;
    *asked = 0;
}

/* Who tries what it has taken itself finds it taken in every schedule. */
static void rewrite_event(struct use *use, struct sync_event *event)
{
    note(use, event);
    if (event->kind == SYNC_TAKE)
        event->kind = SYNC_ACQUIRE;
    else if (event->kind == SYNC_POST)
        event->kind = SYNC_RELEASE;
    else if (event->kind == SYNC_TRY_FAIL && use->holder == event->thread + 1)
        event->mode |= SYNC_HOLDER_SEEN;
}

static void rewrite(const struct sync_trace *trace, struct use *uses, uint32_t *asked,
                    struct sync_event *events)
{
    for (uint32_t i = 0; i < trace->object_count; i++)
        uses[i].holder = 0;
    for (size_t i = 0; i < trace->event_count; i++) {
        struct sync_event *event = &events[i];
        give_up(events, &asked[event->thread], event);
        if (!uses[event->object].is_lock)
            continue;
        if (event->kind == SYNC_REQUEST)
            asked[event->thread] = (uint32_t)i + 1;
        rewrite_event(&uses[event->object], event);
    }
}

void semaphore_locks_make(struct arena *arena, const struct sync_trace *trace,
                          struct sync_event *events, struct sync_object *objects)
{
    struct use *uses = arena_alloc(arena, trace->object_count, sizeof *uses);

    if (!begin(trace, uses))
        return;
    for (size_t i = 0; i < trace->event_count; i++)
        note(&uses[events[i].object], &events[i]);
    rewrite(trace, uses, arena_alloc(arena, trace->thread_count, sizeof(uint32_t)), events);
    for (uint32_t i = 0; i < trace->object_count; i++) {
        if (uses[i].is_lock)
            objects[i].kind = SYNC_LOCK;
    }
}
