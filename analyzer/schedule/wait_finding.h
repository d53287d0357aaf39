/* Deadlocks of a trace that are no circles of different locks: a wait for a semaphore, a condition
 * or a barrier with a lock held that those need first who would end it (BLOCKED_WAIT), and a lock
 * that is read twice by a thread while another waits to write it.
 *
 * A wait with a lock held is a daily thing, so only what has a witness is told: nothing else in the
 * recorded run could end the wait. Who would have ended it otherwise is not in the trace, so the
 * trace must be whole; what does not matter to any wait may be left out of it (trace_survey.h). */
#ifndef UNKNOT_SCHEDULE_WAIT_FINDING_H
#define UNKNOT_SCHEDULE_WAIT_FINDING_H

#include "analyzer/schedule/cycle_verdict.h"

/* Puts them behind the other findings of the analysis. One that is the same as a circle of locks
 * found before, since the semaphore is used as a lock, makes that one predicted. Spends a tenth of
 * the options' search limit. */
void wait_findings_add(struct arena *arena, struct cycle_verdicts *verdicts,
                       const struct lock_order_options *options, struct analysis *analysis);

#endif
