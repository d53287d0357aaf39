/* A trace as an execution: what the analysis of lock order and the reports work on.
 *
 * Its dependencies are the abstract requests of the trace, one for each segment of the thread that
 * made them; ids are the trace's numbers plus one. Linear in what was collected. */
#ifndef UNKNOT_SCHEDULE_TRACE_EXECUTION_H
#define UNKNOT_SCHEDULE_TRACE_EXECUTION_H

#include "analyzer/model/execution.h"
#include "analyzer/schedule/execution_collector.h"
#include "analyzer/schedule/std_trace.h"
#include "analyzer/schedule/trace_ids.h"

#define REQUEST_NONE UINT32_MAX

/* An execution, and the trace that its dependencies are of. */
struct traced_execution {
    struct execution execution;
    struct trace_ids ids;
    /* By position in its dependencies: which of the abstract requests, or REQUEST_NONE. */
    const uint32_t *request_of;
    enum trace_gap gap; /* TRACE_GAP_NONE: what the trace orders, it orders */
    bool drops_shared;  /* it is without locks that do not matter (trace_survey.h): what data they
                           guard is not known */
};

/* After the last event; `file` is the trace's path. */
void trace_execution_make(struct arena *arena, const struct std_names *names,
                          const struct execution_collector *collector,
                          const struct lock_use_result *use, const char *file,
                          struct execution *execution);

#endif
