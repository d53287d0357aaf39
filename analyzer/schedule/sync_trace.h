/* The synchronization of one run, as events in one total order: what schedules are made from.
 *
 * The order is one in which the run may have happened: it keeps the order of each thread, and of
 * each object as the object's own sequence numbers tell it. Threads, objects and sites are
 * positions, from 0; what they are in a recording is known to who made the trace.
 *
 * What is not in a trace: a lock taken again by its holder (recursion), and calls that failed, but
 * for tries. Read-only once made; free to share. */
#ifndef UNKNOT_SCHEDULE_SYNC_TRACE_H
#define UNKNOT_SCHEDULE_SYNC_TRACE_H

#include <stddef.h>
#include <stdint.h>

enum sync_event_kind {
#define X(name, text) SYNC_##name,
#include "analyzer/schedule/sync_events.def"
#undef X
    SYNC_EVENT_KINDS
};

enum {
    SYNC_READER = 1,       /* REQUEST, ACQUIRE, RELEASE, TRY_FAIL: for reading */
    SYNC_TRY = 2,          /* ACQUIRE: by a try form; no REQUEST precedes it */
    SYNC_TIMED = 4,        /* REQUEST, WAIT_BEGIN: gives up after a time */
    SYNC_IN_WAIT = 8,      /* REQUEST, ACQUIRE, RELEASE: of a condition wait's mutex */
    SYNC_NOT_WOKEN = 16,   /* WAIT_END: by timeout, or for no reason: needs no signal */
    SYNC_HOLDER_SEEN = 32, /* TRY_FAIL: the holder is certain, not one of several candidates */
};

struct sync_event {
    uint32_t thread;
    uint32_t object;
    uint32_t site; /* where in the program; equal for equal call stacks */
    uint8_t kind;  /* enum sync_event_kind */
    uint8_t mode;  /* SYNC_READER and so on */
    uint16_t unused;
};

enum sync_object_kind {
    SYNC_LOCK,         /* mutex, spinlock, once control while it runs, rwlock */
    SYNC_WRITER_QUEUE, /* a rwlock whose readers queue behind a waiting writer */
    SYNC_CONDITION,
    SYNC_SEMAPHORE,
    SYNC_BARRIER,
    SYNC_THREAD,   /* the pseudo-lock that is a thread's end */
    SYNC_VARIABLE, /* shared data: recorded accesses */
};

#define SYNC_UNKNOWN UINT32_MAX

struct sync_object {
    enum sync_object_kind kind;
    uint32_t initial; /* of a semaphore, its value, of a barrier, its parties; or SYNC_UNKNOWN */
    uint32_t thread;  /* of a thread's end */
};

struct sync_trace {
    const struct sync_event *events;
    size_t event_count;
    uint32_t thread_count;
    const struct sync_object *objects;
    uint32_t object_count;
};

#endif
