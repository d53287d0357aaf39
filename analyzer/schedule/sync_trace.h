/* The synchronization of one run, as events in one total order: what schedules are made from.
 *
 * The order is one in which the run may have happened: it keeps the order of each thread, and of
 * each object as the object's own sequence numbers tell it. Threads, objects and sites are
 * positions, from 0; what they are in a recording is known to who made the trace.
 *
 * What is not in a trace: a lock taken again by its holder (recursion), unless it reads a lock
 * whose readers queue; and calls that failed, but for those that found the lock held. Read-only
 * once made; free to share.
 *
 * How calls look, in the order of their thread (docs/prediction.md tells what they mean):
 *
 *   lock, read or write     REQUEST ACQUIRE
 *   try                     ACQUIRE with SYNC_TRY, or TRY_FAIL
 *   lock with a time limit  REQUEST with SYNC_TIMED; ACQUIRE, or TRY_FAIL with SYNC_TIMED, when the
 *                           time was over
 *   condition wait          WAIT_BEGIN RELEASE WAIT_END REQUEST ACQUIRE; of the mutex with
 *                           SYNC_IN_WAIT
 *   semaphore               REQUEST TAKE, with SYNC_TIMED as above; TAKE with SYNC_TRY, or
 *                           TRY_FAIL; POST
 *   barrier                 BARRIER_ENTER BARRIER_LEAVE, the entries in the order they counted
 *   once                    who runs the initialiser: REQUEST ACQUIRE ... RELEASE; who comes
 *                           meanwhile: REQUEST ONCE_PASS; who comes later: the same, as it might
 *                           have come earlier, or ONCE_PASS
 *   create                  CREATE, object: the end of the new thread; its first event is BEGIN
 *   join                    REQUEST JOIN, object: the end of the thread, whose last event is END;
 *                           a try form that succeeds: JOIN; with a time limit: REQUEST with
 *                           SYNC_TIMED, then JOIN or not
 *
 * The object of BEGIN and END is the end of their own thread. A trace may stop anywhere, also
 * between a REQUEST and what it asks for. */
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
    SYNC_TRY = 2,          /* ACQUIRE, TAKE: by a try form; no REQUEST precedes it */
    SYNC_TIMED = 4,        /* REQUEST, WAIT_BEGIN, TRY_FAIL: gives up after a time */
    SYNC_IN_WAIT = 8,      /* REQUEST, ACQUIRE, RELEASE: of a condition wait's mutex */
    SYNC_NOT_WOKEN = 16,   /* WAIT_END: by timeout, or for no reason: needs no signal */
    SYNC_HOLDER_SEEN = 32, /* TRY_FAIL of a lock: who held it is certain, not one of several */
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
    /* By site: equal for sites that are one place in the program, reached by different calls; 0
     * unknown. NULL: each site is a place of its own. */
    const uint32_t *places;
    /* By event: when it was, in nanoseconds since the recording began. NULL: that is not known. */
    const uint64_t *times;
    uint32_t processors; /* with times: that the run could use */
};

#endif
