#include "analyzer/report/cause.h"

#include <inttypes.h>
#include "analyzer/report/place.h"
#include "analyzer/report/title.h"

#define MILLISECOND_NS 1000000u

static const struct trace_wakes *wakes_of(const struct execution *execution, uint32_t lock)
{
    for (size_t i = execution->wakes_count; i-- > 0;) {
        if (execution->wakes[i]->lock == lock) {
            return execution->wakes[i];
        }
    }
    return NULL;
}

static const char *how_long(const struct report *report, uint64_t time_ns)
{
    return time_ns < MILLISECOND_NS
               ? "less than 1 ms"
               : arena_printf(report->arena, "%" PRIu64 " ms", time_ns / MILLISECOND_NS);
}

/* "by T2 'worker' at post (main.c:12), 3 ms before this wait" */
static const char *last_wake(const struct report *report, const struct execution *execution,
                             const struct trace_wakes *wakes, uint64_t since_ns)
{
    struct frame_list stack = symbolizer_stack(report->symbolizer, execution, wakes->last_stack);
    const char *place = place_summary(report->arena, stack);
    const char *who = execution_find_thread(execution, wakes->last_thread) != NULL
                          ? names_thread(report->names, execution, wakes->last_thread)
                          : "an unknown thread";
    uint64_t before_ns = since_ns > wakes->last_time_ns ? since_ns - wakes->last_time_ns : 0;
    return arena_printf(report->arena, "by %s at %s, %s before this wait", who,
                        place != NULL ? place : "an unknown place", how_long(report, before_ns));
}

static struct cause condition_cause(const struct report *report, const char *name, const char *last,
                                    const struct trace_wakes *wakes)
{
    if (wakes->wakes == 0) {
        return (struct cause){wakes, "never-signalled",
                              arena_printf(report->arena, "%s was never signalled", name)};
    }
    bool was_lost = wakes->last_waiting == 0;
    return (struct cause){wakes, was_lost ? "lost-wake-up" : "signalled-before",
                          arena_printf(report->arena, "%s was signalled last %s, when %s", name,
                                       last,
                                       was_lost ? "nobody waited for it: the wake-up was lost"
                                                : "somebody waited for it")};
}

static struct cause barrier_cause(const struct report *report, const char *name,
                                  const struct trace_wakes *wakes)
{
    return (struct cause){wakes, "missing-party",
                          arena_printf(report->arena,
                                       "%" PRIu32 " of the %" PRIu32 " that %s waits for have come",
                                       wakes->waiting, wakes->needed, name)};
}

static const char *times(const struct report *report, uint32_t count)
{
    return count == 1 ? "once" : arena_printf(report->arena, "%" PRIu32 " times", count);
}

static struct cause semaphore_cause(const struct report *report, const char *name, const char *last,
                                    const struct trace_wakes *wakes)
{
    const char *posted = wakes->wakes == 0 ? "was never posted"
                                           : arena_printf(report->arena, "was posted %s, last %s",
                                                          times(report, wakes->wakes), last);
    return (struct cause){wakes, "missing-post",
                          arena_printf(report->arena,
                                       "%s has no unit left: it was waited for %s and %s", name,
                                       times(report, wakes->waits), posted)};
}

struct cause cause_of(const struct report *report, const struct execution *execution,
                      const struct dependency *dependency)
{
    const struct lock *lock = execution_find_lock(execution, dependency->lock);
    const struct trace_wakes *wakes = lock != NULL ? wakes_of(execution, dependency->lock) : NULL;
    if (wakes == NULL) {
        return (struct cause){NULL, NULL, NULL};
    }
    const char *name = names_lock(report->names, execution, dependency->lock);
    const char *last = last_wake(report, execution, wakes, dependency->time_ns);
    switch (lock->kind) {
    case TRACE_LOCK_CONDITION:
        return condition_cause(report, name, last, wakes);
    case TRACE_LOCK_BARRIER:
        return barrier_cause(report, name, wakes);
    default:
        return semaphore_cause(report, name, last, wakes);
    }
}

const char *cause_nested_monitor(const struct report *report, const struct execution *execution,
                                 const struct cycle_step *step)
{
    const struct lock *wanted = execution_find_lock(execution, step->dependency->lock);
    if (wanted == NULL || wanted->kind != TRACE_LOCK_CONDITION || step_hold(step)->lock == 0) {
        return NULL;
    }
    return arena_printf(
        report->arena,
        "%s waits for %s while it holds %s, which another of them needs first: a nested monitor",
        names_thread(report->names, execution, step->dependency->thread),
        names_lock(report->names, execution, step->dependency->lock),
        names_lock(report->names, execution, step_hold(step)->lock));
}
