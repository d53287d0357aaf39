/* The analysis of a trace that comes from anywhere: read once, and once more for its events if some
 * cycle of locks depends on them and they are too many to be kept. */
#ifndef UNKNOT_SCHEDULE_TRACE_ANALYSIS_H
#define UNKNOT_SCHEDULE_TRACE_ANALYSIS_H

#include "analyzer/schedule/recorded_judge.h"

/* Where it is, nothing may be moved. */
struct trace_analysis {
    struct arena *arena;
    struct trace_keep keep;
    struct execution_collector collector;
    struct recorded_judge judge; /* its verdicts tell witnesses as a whole */
};

/* The first reading; traces of up to `most_events` are kept in memory. The source stays the
 * caller's. False: *error is one line for the user. */
__attribute__((warn_unused_result)) bool
trace_analysis_read(struct trace_analysis *analysis, struct arena *arena,
                    struct sync_source *source, size_t most_events, const char **error);

/* Then what there is to be found. */
void trace_analysis_run(struct trace_analysis *analysis, const struct std_names *names,
                        const char *path, const struct lock_order_options *options,
                        struct execution *execution, struct analysis *found);

#endif
