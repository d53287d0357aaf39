/* Who uses each lock of a trace, and how: event by event, so that the trace need not be in memory.
 *
 * Tells which locks several threads use, which are signals (given back by who did not hold them),
 * what each thread holds on the way, and whose end is awaited by a thread that holds something.
 *
 * Memory: for each object, thread and join; time: constant for each event, but for looking through
 * what a thread holds. Not thread-safe. */
#ifndef UNKNOT_SCHEDULE_LOCK_USE_H
#define UNKNOT_SCHEDULE_LOCK_USE_H

#include "analyzer/schedule/held_stack.h"
#include "analyzer/schedule/sync_trace.h"

struct object_use {
    uint32_t user; /* the thread that uses the lock, or one of the two below */
    bool is_signal;
    bool is_awaited; /* a thread's end, requested by a thread that somebody may wait for */
};

#define LOCK_USE_NO_ONE  UINT32_MAX
#define LOCK_USE_SEVERAL (UINT32_MAX - 1)

/* A thread asked for the end of another. */
struct lock_use_join {
    uint32_t thread, object;
};

struct lock_use {
    struct arena *arena;
    const struct sync_trace *trace; /* its threads and objects may grow; its events are not used */
    ARRAY(struct object_use) objects;
    ARRAY(struct held_stack) held;     /* by thread; tags: sites of the acquires */
    ARRAY(struct lock_use_join) joins; /* by threads without locks */
};

/* What several threads use, by object; of each thread the object that is its end and that matters,
 * as the thread holds it all its life; or SYNC_UNKNOWN. */
struct lock_use_result {
    const bool *is_shared, *is_signal, *is_awaited;
    const uint32_t *end_of;
};

/* The trace stays the caller's and must live as long. */
void lock_use_init(struct lock_use *use, struct arena *arena, const struct sync_trace *trace);

/* Takes the next event: before it, its object and thread must be in the trace. */
void lock_use_take(struct lock_use *use, const struct sync_event *event);

/* After the last event. */
void lock_use_finish(struct lock_use *use, struct lock_use_result *result);

/* Whether it asks for the end of a thread. */
static inline bool lock_use_is_request_of_end(const struct sync_trace *trace,
                                              const struct sync_event *event)
{
    return event->kind == SYNC_REQUEST && trace->objects[event->object].kind == SYNC_THREAD;
}

#endif
