/* The events of a run as they would be with a change of how locks are acquired.
 *
 *   RECURSIVE_LOCK, SINGLE_LOCK   the locks are one, and what a thread takes again is not there. A
 *                                 condition wait gives back the one lock: all of a single lock, of
 * a recursive one, as it is, only if it is held once (keeps_mutex) RECURSIVE_LOCK, keeps_apart each
 * lock by itself GATE_LOCK                     a new lock is taken where the outer lock of a
 * nesting is acquired at its place, and given back after the last lock of the classes taken since.
 * No nestings: wherever one of the classes is REORDER, PRE_ACQUIRE          inside a section of the
 * outer lock taken at its place, the inner one's first acquisition at its place moves before the
 * outer's; it is then held to its last release in there. Sections without an inner one stay as they
 * are TRY_BACKOFF                   the same, but both are taken at once, when both are free: that
 * is what giving way and beginning anew comes to RELEASE_FIRST                 the outer lock is
 * given back before the inner one is asked for, and taken again after its release
 *
 * All else stays, in the order of its thread. So that another order can be run to its end, the end
 * of a condition wait needs no signal of its own any more but the one that woke it in the run:
 * whoever comes after that one would not have waited.
 *
 * Linear in the events; an acquisition costs the locks held at it and the nestings. Memory: 26
 * bytes for each event, 34 with times, in the arena; twice that while it is made. */
#ifndef UNKNOT_FIX_TRACE_REWRITE_H
#define UNKNOT_FIX_TRACE_REWRITE_H

#include "analyzer/fix/fix.h"
#include "analyzer/fix/fix_place.h"
#include "analyzer/schedule/sync_trace.h"

#define REWRITE_NO_CLASS UINT32_MAX

/* A run, and what its numbers are. */
struct rewrite_run {
    const struct sync_trace *trace;
    const uint32_t *classes;   /* by object: that of the lock, or REWRITE_NO_CLASS */
    const uint64_t *addresses; /* by object, 0 unknown */
    const struct execution *execution;
    uint32_t first_stack; /* the id of site 0; the others follow */
    uint64_t least_ns;    /* passes between two events in any case: to record them takes time */
};

enum {
    REWRITE_ADDED = 1,    /* is not in the run */
    REWRITE_WITH_NEXT = 2 /* happens only together with the event that follows, of its thread */
};

struct trace_rewrite {
    const struct sync_trace *run;
    struct sync_trace trace; /* without times */
    uint32_t *origins;       /* by event: which of the run's it is, or beside which it is */
    uint8_t *marks;
    uint32_t *wakes;   /* by event: 1 more than the wake that comes before it; 0: none */
    uint64_t *work_ns; /* by event: what its thread did by itself before it; NULL: no times */
    uint32_t new_lock; /* what locks became, or what was added; SYNC_UNKNOWN: nothing */
    bool keeps_mutex;  /* some condition wait does not give back its mutex: it is held twice */
};

/* `change` NULL: as it was. */
void trace_rewrite_make(struct arena *arena, const struct rewrite_run *run,
                        const struct fix_change *change, struct trace_rewrite *rewrite);

/* The events of the run from a lock's request on: its ACQUIRE may follow. */
static inline bool rewrite_is_of_lock(const struct sync_trace *trace,
                                      const struct sync_event *event)
{
    enum sync_object_kind kind = trace->objects[event->object].kind;

    return (kind == SYNC_LOCK || kind == SYNC_WRITER_QUEUE) && event->kind <= SYNC_TRY_FAIL;
}

/* What lies before the end of a wait is no work. */
bool rewrite_ends_wait(const struct sync_event *event);

/* Whether the site is at the place (fix_place.h). */
static inline bool rewrite_is_at(const struct rewrite_run *run, uint32_t site, trace_code_t place)
{
    return fix_place_has(run->execution, place, run->first_stack + site);
}

#endif
