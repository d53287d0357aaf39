/* What the recordings of a report have in all, for the last lines of a report. Any thread. */
#ifndef UNKNOT_REPORT_TOTALS_H
#define UNKNOT_REPORT_TOTALS_H

#include "analyzer/report/format.h"

struct totals {
    bool dismissed_stopped; /* there may be more of them */
    size_t findings, fixes_left_out, misuses_unclear, dismissed, class_only, excluded_locks, torn,
        cut_off;
    uint64_t threads, locks, dependencies, undefined_ids, bound_hit, witness_bound_hit;
    uint64_t lost[TRACE_LOST_COUNT];
};

struct totals totals_of(const struct report *report);

/* "2 threads, 2 locks, 2 requests while holding another" */
const char *totals_watched(const struct report *report, const struct totals *totals);

/* "1 finding", "2 findings" */
const char *totals_count(struct arena *arena, uint64_t count, const char *noun);

#endif
