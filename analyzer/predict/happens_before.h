/* Which segments of which threads come before which others, by creation, fork and join alone: what
 * holds in every schedule of the program, so that it may dismiss a cycle.
 *
 * The parent's segment before a create happens before all of the child; all of a thread happens
 * before the segment its joiner enters. Records that contradict each other (a thread that
 * precedes itself) order nothing. Threads are positions in the execution's array.
 *
 * Cost: made in time linear in threads and segments, times the clocks' (clock_set.h); a question
 * takes a binary search. Read-only once made. */
#ifndef UNKNOT_PREDICT_HAPPENS_BEFORE_H
#define UNKNOT_PREDICT_HAPPENS_BEFORE_H

#include <stdbool.h>
#include "analyzer/model/execution.h"

struct happens_before;

struct segment_ref {
    uint32_t thread, segment;
};

struct happens_before *happens_before_create(struct arena *arena,
                                             const struct execution *execution);

/* Whether all of `earlier` is over before `later` begins, in different threads. */
bool happens_before_is_ordered(const struct happens_before *order, struct segment_ref earlier,
                               struct segment_ref later);

/* For an ordered pair: the first create, fork or join on the path between them, or NULL if its
 * record is missing. */
const struct segment_start *happens_before_first_event(const struct happens_before *order,
                                                       struct segment_ref earlier,
                                                       struct segment_ref later);

#endif
