/* What of a trace matters to schedules in which given locks are waited for: found out event by
 * event, for traces that are too long to be in memory.
 *
 * An object's events can be left out, all of them, if in every schedule of the others they fit in:
 *
 * - of a lock or a variable that one thread only uses: what it finds is what it left;
 * - of a variable that nobody writes;
 * - of a lock that is not given, if no section of it has an event in it that is kept. A schedule
 *   that takes of each thread the events up to a kept one ends in none of its sections, and in
 *   another order each of them can be run as a whole, with nobody else inside.
 *
 * Kept are all other objects, so everything by which threads wait for each other but these locks,
 * and every lock that a try failed at, that was used as a signal, that was read twice by a thread
 * though its readers queue, or that was not used as a lock can be. What is held while a thread
 * waits is kept with that wait, also the mutex of a condition that it alone uses, and what is held
 * while one asks for a lock that is kept. So what is left has the same deadlocks; their schedules
 * are shorter.
 *
 * Memory: for each object, and for each two of which one was used under the other. */
#ifndef UNKNOT_SCHEDULE_TRACE_SURVEY_H
#define UNKNOT_SCHEDULE_TRACE_SURVEY_H

#include "analyzer/schedule/lock_use.h"
#include "analyzer/schedule/number_table.h"

struct surveyed_object {
    uint32_t user;    /* of events of any kind: as in lock_use.h */
    uint32_t writer;  /* who has the lock, LOCK_USE_NO_ONE: nobody */
    uint32_t readers; /* times that it is held for reading */
    uint32_t outer;   /* the lock that an event of it was seen under last, plus one */
    uint64_t events;
    bool is_fixed; /* has an event that cannot be left out */
    bool is_written;
};

/* An event of `inner` lies in a section of `outer`. */
struct nesting {
    uint32_t outer, inner;
};

struct trace_survey {
    struct arena *arena;
    struct lock_use use;
    ARRAY(struct surveyed_object) objects;
    ARRAY(struct nesting) nestings;
    struct number_table known; /* nestings */
};

/* The trace stays the caller's: threads and objects, which may grow. */
void trace_survey_init(struct trace_survey *survey, struct arena *arena,
                       const struct sync_trace *trace);

void trace_survey_take(struct trace_survey *survey, const struct sync_event *event);

/* What is kept. */
struct survey_choice {
    const bool *is_kept; /* by object: its events */
    uint64_t events;     /* how many there are */
    bool drops_shared;   /* some lock that several threads use is not */
};

/* If the locks of `wanted` (by object) are. */
void trace_survey_choose(struct trace_survey *survey, const bool *wanted,
                         struct survey_choice *choice);

#endif
