/* A recording's execution, brought together with the trace of its events: which of the trace's
 * requests each of its dependencies is.
 *
 * A dependency and a request are the same if thread, lock, mode and held locks are. Left out on
 * both sides are the ends of threads, held all their lives, and locks that only one thread uses.
 * One whose events were not recorded is none of the trace's. Time: a binary search for each
 * dependency. */
#ifndef UNKNOT_SCHEDULE_RECORDED_EXECUTION_H
#define UNKNOT_SCHEDULE_RECORDED_EXECUTION_H

#include "analyzer/schedule/abstract_request.h"
#include "analyzer/schedule/recorded_trace.h"
#include "analyzer/schedule/trace_execution.h"

/* All given stay the caller's and must live as long. */
void recorded_execution_make(struct arena *arena, const struct execution *execution,
                             const struct recorded_trace *recorded,
                             const struct abstract_requests *requests,
                             struct traced_execution *traced);

/* By object: whether it is a lock that a cycle of the execution may have. */
const bool *recorded_execution_wanted(struct arena *arena, const struct execution *execution,
                                      const struct recorded_trace *recorded);

#endif
