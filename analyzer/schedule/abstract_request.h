/* Abstract requests: the events in which threads asked for a lock while they held others, those
 * that are alike as one.
 *
 * Alike are requests by one thread, of one lock, in one mode, with the same locks held in the same
 * modes. A lock that only one thread ever uses is not among them, neither requested nor held, nor
 * one that a thread gave back without holding it: that one is a signal. Of a thread's end, the
 * pseudo-lock of a join, the thread is the holder for all its life, if some thread asked for it
 * with a lock or such an end held. Writers of a lock whose readers queue behind writers are
 * requests even with nothing held: they can make a reader wait for a reader.
 *
 * One pass over the events before and one for the requests; memory for each distinct request and
 * 8 bytes for each of its events. Read-only once made. */
#ifndef UNKNOT_SCHEDULE_ABSTRACT_REQUEST_H
#define UNKNOT_SCHEDULE_ABSTRACT_REQUEST_H

#include <stdbool.h>
#include "analyzer/schedule/held_set.h"
#include "analyzer/schedule/sync_trace.h"

/* One event that is the request. */
struct request_event {
    uint32_t index;    /* of the event in its thread, from 1 */
    uint32_t position; /* of the event in the trace: a REQUEST */
};

struct abstract_request {
    uint32_t thread, object;
    uint32_t mode; /* SYNC_READER, SYNC_TIMED */
    uint32_t held_count;
    const struct held_object *held;     /* by object, ascending */
    const uint32_t *held_sites;         /* where each was taken, at the first event; SYNC_UNKNOWN */
    const struct request_event *events; /* in the order of the trace; at least one */
    uint32_t event_count;
};

struct abstract_requests {
    const struct sync_trace *trace;
    const struct abstract_request *requests; /* in the order first made */
    size_t count;
    const bool *is_signal; /* by object: a lock given back by who did not hold it */
    const bool *is_shared; /* by object: a lock that several threads use */
};

/* The trace stays the caller's and must live as long. */
void abstract_requests_collect(struct arena *arena, const struct sync_trace *trace,
                               struct abstract_requests *requests);

/* Whether `waiter` may wait for what `holder` holds: the lock is held by another thread in a mode
 * that conflicts, or it is one whose readers queue behind writers. */
bool abstract_request_waits_for(const struct sync_trace *trace,
                                const struct abstract_request *waiter,
                                const struct abstract_request *holder);

/* Whether a lock held in both, not in both for reading, keeps them from being made at once. */
bool abstract_request_share_gate(const struct abstract_request *a,
                                 const struct abstract_request *b);

#endif
