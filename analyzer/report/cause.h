/* Why nobody wakes a thread that waits for a condition, at a barrier or for a semaphore: what the
 * library counted of it. Any thread; allocates from the report's arena only. Text is not yet
 * escaped for an output. */
#ifndef UNKNOT_REPORT_CAUSE_H
#define UNKNOT_REPORT_CAUSE_H

#include "analyzer/report/format.h"

struct cause {
    const struct trace_wakes *wakes; /* NULL: nothing is known, and nothing else is set */
    const char *word;                /* "lost-wake-up", "missing-post", ... */
    const char *text;                /* a sentence without its full stop */
};

/* Of what the thread of a step waits for. */
struct cause cause_of(const struct report *report, const struct execution *execution,
                      const struct dependency *dependency);

/* A sentence if the thread waits for a condition with a lock held that another of them wants, else
 * NULL. */
const char *cause_nested_monitor(const struct report *report, const struct execution *execution,
                                 const struct cycle_step *step);

#endif
