/* How long a run would take: the threads do what work they did between their events, and wait for
 * each other anew.
 *
 * A simulation of discrete events: as many threads work at a time as there are processors, by turns
 * of some milliseconds; locks go to who asked first; the rest is as in a schedule
 * (schedule_run.h). What threads waited for locks and for each other in the run itself is no work
 * of theirs (trace_rewrite.h). Sleeping and input are, as far as the recording tells.
 *
 * Time: logarithmic in the threads for each event, and the threads that wait for the same object.
 * Memory: the simulator's, and some for each thread and object. */
#ifndef UNKNOT_FIX_MAKESPAN_H
#define UNKNOT_FIX_MAKESPAN_H

#include "analyzer/fix/schedule_run.h"

/* From the first event to the last. False: some thread did not come to its end. The trace has its
 * work. */
__attribute__((warn_unused_result)) bool makespan_find(const struct arena *arena,
                                                       const struct trace_rewrite *rewrite,
                                                       unsigned processors, uint64_t *span_ns);

#endif
