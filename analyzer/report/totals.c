#include "analyzer/report/totals.h"

#include <string.h>

static void add_execution(struct totals *totals, const struct execution *execution)
{
    totals->torn += execution->end == TRACE_TORN;
    totals->cut_off += execution->end != TRACE_TORN && execution->state == TRACE_RUNNING;
    totals->threads += execution->threads_seen;
    totals->locks += execution->locks_seen;
    totals->dependencies += execution->dependency_count;
    totals->undefined_ids += execution->undefined_ids;
    for (size_t i = 0; i < TRACE_LOST_COUNT; i++) {
        totals->lost[i] += execution->lost[i];
    }
}

struct totals totals_of(const struct report *report)
{
    struct totals totals;
    memset(&totals, 0, sizeof totals);
    for (size_t i = 0; i < report->process_count; i++) {
        const struct execution *execution = &report->processes[i].execution;
        const struct analysis *analysis = &report->processes[i].analysis;
        totals.findings += analysis->finding_count;
        totals.fixes_left_out += analysis->fixes_left_out;
        totals.misuses_unclear += analysis->misuses_unclear;
        for (size_t j = 0; j < analysis->dismissed_count; j++) {
            totals.dismissed += analysis->dismissed[j].instances;
        }
        totals.dismissed_stopped |= analysis->dismissed_bound_hit != 0;
        totals.class_only += analysis->class_only_count - analysis->class_only_ordered;
        totals.excluded_locks += analysis->excluded_locks;
        totals.bound_hit =
            analysis->bound_hit > totals.bound_hit ? analysis->bound_hit : totals.bound_hit;
        totals.witness_bound_hit = analysis->witness_bound_hit > totals.witness_bound_hit
                                       ? analysis->witness_bound_hit
                                       : totals.witness_bound_hit;
        if (!execution->of_recordings) {
            add_execution(&totals, execution);
        }
    }
    totals.threads += report->merged.threads;
    totals.locks += report->merged.locks;
    totals.dependencies += report->merged.requests;
    return totals;
}

const char *totals_watched(const struct report *report, const struct totals *totals)
{
    const char *what = arena_printf(report->arena, "%s, %s, %s while holding another",
                                    totals_count(report->arena, totals->threads, "thread"),
                                    totals_count(report->arena, totals->locks, "lock"),
                                    totals_count(report->arena, totals->dependencies, "request"));
    size_t count = report_recording_count(report);
    return count == 1 ? what : arena_printf(report->arena, "%zu processes, %s", count, what);
}

const char *totals_count(struct arena *arena, uint64_t count, const char *noun)
{
    return arena_printf(arena, "%llu %s%s", (unsigned long long)count, noun, count == 1 ? "" : "s");
}
