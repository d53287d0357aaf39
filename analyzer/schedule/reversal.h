/* Greedy reversal: runs a set of events, each thread's first so many, in an order of its own
 * making.
 *
 * Always the event with the lowest position that can happen as it was recorded: locks, edges and
 * the values that reads saw permit it. A section that has to stay open begins only when the
 * sections of its lock that exclude it, and are in the set, are over. A run that takes all events
 * is a schedule; one that gets stuck proves nothing.
 *
 * Takes a heap's log of the threads for each event, and what waits is looked at again after each:
 * stops when that has been done too often. */
#ifndef UNKNOT_SCHEDULE_REVERSAL_H
#define UNKNOT_SCHEDULE_REVERSAL_H

#include "analyzer/schedule/closure.h"

struct reversal;

/* Rooms for runs, one at a time. */
struct reversal *reversal_create(struct arena *arena, const struct schedule_index *index);

/* Runs what `closure` holds, made by CLOSURE_ENDED. True: *order has the positions of its events,
 * good until the next run. */
__attribute__((warn_unused_result)) bool reversal_run(struct reversal *reversal,
                                                      const struct closure *closure,
                                                      const uint32_t **order, size_t *count);

/* Looks at events taken since it was made. */
uint64_t reversal_work(const struct reversal *reversal);

#endif
