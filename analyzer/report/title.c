#include "analyzer/report/title.h"

#include "analyzer/model/thread_end.h"
#include "analyzer/report/witness_words.h"

/* A longer cycle is told by its length and its first locks. */
#define TITLE_LOCKS_MAX 6

uint32_t step_wanted(const struct cycle_step *step)
{
    return step->dependency->lock;
}

const struct trace_dependency_held *step_hold(const struct cycle_step *step)
{
    return &step->dependency->held[step->hold_index];
}

typedef const char *lock_namer(struct names *names, const struct execution *execution,
                               uint32_t lock);

static const char *lock_list(struct arena *arena, struct names *names, lock_namer *name,
                             const struct execution *execution, const struct cycle_step *steps,
                             size_t step_count)
{
    const char *list = "";
    size_t shown = step_count > TITLE_LOCKS_MAX ? TITLE_LOCKS_MAX : step_count;
    for (size_t i = 0; i < shown; i++) {
        const char *separator = i == 0 ? "" : i + 1 == step_count ? " and " : ", ";
        list = arena_printf(arena, "%s%s%s", list, separator,
                            name(names, execution, step_hold(&steps[i])->lock));
    }
    return shown == step_count ? list : arena_printf(arena, "%s, ...", list);
}

static bool waits_for_a_thread(const struct execution *execution, const struct cycle_step *steps,
                               size_t step_count)
{
    for (size_t i = 0; i < step_count; i++) {
        const struct lock *lock = execution_find_lock(execution, step_wanted(&steps[i]));
        if (lock != NULL && thread_end_of(lock) != 0) {
            return true;
        }
    }
    return false;
}

static const char *title(struct arena *arena, struct names *names, lock_namer *name,
                         const struct execution *execution, const struct cycle_step *steps,
                         size_t step_count)
{
    const char *list = lock_list(arena, names, name, execution, steps, step_count);
    if (step_count == 1) {
        return arena_printf(arena, "%s is requested by a thread that holds it", list);
    }
    if (step_count > TITLE_LOCKS_MAX) {
        return arena_printf(arena, "%zu locks are taken in a circle: %s", step_count, list);
    }
    if (waits_for_a_thread(execution, steps, step_count)) {
        return arena_printf(arena, "%s are waited for in a circle", list);
    }
    return arena_printf(arena, "%s are taken in %s%s", list,
                        step_count == 2 ? "opposite orders" : "a circle",
                        execution->of_recordings ? ", in different recordings" : "");
}

const char *title_cycle(struct arena *arena, struct names *names, const struct execution *execution,
                        const struct cycle_step *steps, size_t step_count)
{
    return title(arena, names, names_lock, execution, steps, step_count);
}

const char *title_class_cycle(struct arena *arena, struct names *names,
                              const struct execution *execution, const struct cycle_step *steps,
                              size_t step_count)
{
    if (step_count == 1) {
        return arena_printf(arena, "%s is taken inside another one",
                            names_lock_class(names, execution, step_hold(&steps[0])->lock));
    }
    return title(arena, names, names_lock_class, execution, steps, step_count);
}

const char *title_locks(struct arena *arena, struct names *names, const struct finding *finding)
{
    return lock_list(arena, names, names_lock, finding->execution, finding->steps,
                     finding->step_count);
}

const char *title_blocked_wait(struct arena *arena, struct names *names,
                               const struct finding *finding)
{
    const struct execution *execution = finding->execution;
    const struct cycle_step *wait = &finding->steps[0];
    const struct trace_dependency_held *hold = step_hold(wait);
    const char *who = finding->step_count == 2
                          ? names_thread(names, execution, finding->steps[1].dependency->thread)
                          : arena_printf(arena, "one of %zu others", finding->step_count - 1);
    const char *what = arena_printf(
        arena, "%s waits for %s", names_thread(names, execution, wait->dependency->thread),
        wait->dependency->lock != 0 ? names_lock(names, execution, wait->dependency->lock)
                                    : finding_rule_object(finding->rule));
    if (hold->lock == 0) {
        return arena_printf(arena, "%s, and %s needs its end before it %s it", what, who,
                            finding_rule_wakes(finding->rule));
    }
    return arena_printf(arena, "%s while it holds %s, which %s needs before it %s it", what,
                        names_lock(names, execution, hold->lock), who,
                        finding_rule_wakes(finding->rule));
}

const char *title_recursive_read(struct arena *arena, struct names *names,
                                 const struct finding *finding)
{
    return arena_printf(
        arena, "%s is read again by a thread that reads it, behind one that waits to write",
        names_lock(names, finding->execution, step_wanted(&finding->steps[0])));
}

const char *title_finding(struct arena *arena, struct names *names, const struct finding *finding)
{
    if (finding->told != NULL) {
        return finding->told->title;
    }
    if (finding->broken != NULL) {
        return title_order_violation(arena, names, finding);
    }
    if (finding->rule == FINDING_RULE_RECURSIVE_READ) {
        return title_recursive_read(arena, names, finding);
    }
    if (finding->kind == FINDING_BLOCKED_WAIT) {
        return title_blocked_wait(arena, names, finding);
    }
    return title_cycle(arena, names, finding->execution, finding->steps, finding->step_count);
}

const char *title_deadlock(struct arena *arena, struct names *names, const struct finding *finding)
{
    const struct execution *execution = finding->execution;
    const char *wanted = names_lock(names, execution, step_wanted(&finding->steps[0]));
    const char *first = names_thread(names, execution, finding->steps[0].dependency->thread);
    switch (finding->live->sort) {
    case TRACE_DEADLOCK_SELF:
        return arena_printf(arena, "%s waits for %s, which it holds itself", first, wanted);
    case TRACE_DEADLOCK_OWNER_GONE:
        return arena_printf(arena, "%s waits for %s, which a thread held when it ended", first,
                            wanted);
    case TRACE_DEADLOCK_NOT_FORKED:
        return arena_printf(arena, "%s waits for %s, which was held as the process was forked",
                            first, wanted);
    case TRACE_DEADLOCK_EVERYONE:
        return finding->step_count == 1
                   ? arena_printf(arena, "%s waits for %s, and no thread is left to end that",
                                  first, wanted)
                   : arena_printf(arena, "%zu threads wait, and none is left to wake another",
                                  finding->step_count);
    default:
        return arena_printf(
            arena, "%zu threads wait for each other: %s", finding->step_count,
            lock_list(arena, names, names_lock, execution, finding->steps, finding->step_count));
    }
}

const char *title_order_violation(struct arena *arena, struct names *names,
                                  const struct finding *finding)
{
    const struct cycle_step *step = &finding->steps[0];
    return arena_printf(arena, "%s is taken while %s is held, against the order of %s",
                        names_lock(names, finding->execution, step_wanted(step)),
                        names_lock(names, finding->execution, step_hold(step)->lock),
                        finding->broken->file);
}

static const char *step_thread(struct names *names, const struct dismissed *dismissed, size_t step)
{
    uint32_t thread = step < dismissed->step_count ? dismissed->steps[step].dependency->thread : 0;
    return names_thread(names, dismissed->execution, thread);
}

static const char *ordered_text(struct arena *arena, struct names *names,
                                const struct dismissed *dismissed)
{
    const char *before = step_thread(names, dismissed, dismissed->step_a);
    const char *after = step_thread(names, dismissed, dismissed->step_b);
    const struct segment_start *start = dismissed->ordered_by;
    if (dismissed->execution->of_recordings) {
        return arena_printf(arena,
                            "what %s shows here is done before its process has a second thread "
                            "or a child",
                            before);
    }
    if (dismissed->order != NULL) {
        const struct witness_event *first = &dismissed->order->before;
        const struct witness_event *then = &dismissed->order->after;
        return arena_printf(
            arena, "what %s does here always comes before what %s does: %s %s before %s %s", before,
            after, names_thread(names, dismissed->execution, first->thread),
            witness_event_text(arena, names, dismissed->execution, first),
            names_thread(names, dismissed->execution, then->thread),
            witness_event_text(arena, names, dismissed->execution, then));
    }
    if (start == NULL) {
        return arena_printf(arena, "what %s does here always comes before what %s does", before,
                            after);
    }
    return arena_printf(arena, "what %s does here always comes before what %s does: %s %s %s",
                        before, after, names_thread(names, dismissed->execution, start->thread),
                        start->cause == TRACE_SEGMENT_JOIN   ? "joined"
                        : start->cause == TRACE_SEGMENT_FORK ? "forked"
                                                             : "created",
                        names_thread(names, dismissed->execution, start->other));
}

const char *title_dismissal(struct arena *arena, struct names *names,
                            const struct dismissed *dismissed)
{
    switch (dismissed->reason) {
    case DISMISSAL_SINGLE_THREAD:
        return arena_printf(arena, "all of it is done by one thread, %s",
                            step_thread(names, dismissed, dismissed->step_a));
    case DISMISSAL_GATE_LOCK:
        if (dismissed->execution->of_recordings) {
            return arena_printf(arena, "%s and %s may hold one lock in common here: %s",
                                step_thread(names, dismissed, dismissed->step_a),
                                step_thread(names, dismissed, dismissed->step_b),
                                names_lock(names, dismissed->execution, dismissed->gate_lock));
        }
        return arena_printf(arena,
                            "%s and %s both hold %s here, so only one of them is in at a time",
                            step_thread(names, dismissed, dismissed->step_a),
                            step_thread(names, dismissed, dismissed->step_b),
                            names_lock(names, dismissed->execution, dismissed->gate_lock));
    case DISMISSAL_ORDERED:
        return ordered_text(arena, names, dismissed);
    default:
        return dismissal_text(dismissed->reason);
    }
}
