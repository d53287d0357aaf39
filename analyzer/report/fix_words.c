#include "analyzer/report/fix_words.h"

/* Schedules that do not get stuck as the run was say nothing for a fix. */
static const char *schedules_text(struct arena *arena, const struct fix_verdict *verdict)
{
    const char *inconclusive =
        verdict->inconclusive == 0
            ? ""
            : arena_printf(arena, " (%zu inconclusive)", verdict->inconclusive);
    return verdict->stuck_before != 0
               ? arena_printf(arena,
                              "; of %zu simulated schedules none gets stuck%s, %zu without it",
                              verdict->schedules, inconclusive, verdict->stuck_before)
               : arena_printf(arena,
                              "; %zu simulated schedules do not tell: none gets stuck%s, and none "
                              "without it",
                              verdict->schedules, inconclusive);
}

static const char *verified_text(struct arena *arena, const struct fix_verdict *verdict)
{
    const char *text = "verified on this run: the cycle is gone";
    if (verdict->schedules != 0) {
        text = arena_printf(arena, "%s%s", text, schedules_text(arena, verdict));
    }
    const char *scope = fix_scope_text(verdict->scope);
    return scope[0] == '\0' ? text : arena_printf(arena, "%s; %s", text, scope);
}

static bool has_lock(const struct finding *finding, uint32_t lock)
{
    for (size_t i = 0; i < finding->step_count; i++) {
        const struct dependency *dependency = finding->steps[i].dependency;
        bool has = dependency->lock == lock;
        for (size_t j = 0; j < dependency->held_count; j++) {
            has |= dependency->held[j].lock == lock;
        }
        if (has) {
            return true;
        }
    }
    return false;
}

const char *fix_lock_name(const struct report *report, const struct finding *finding, uint32_t lock)
{
    const struct lock *known = execution_find_lock(finding->execution, lock);
    return has_lock(finding, lock) ? names_lock(report->names, finding->execution, lock)
           : known != NULL         ? names_lock_birth(report->names, finding->execution, known)
                                   : "an unknown lock";
}

/* "lock_A and the new lock" */
static const char *new_cycle_text(const struct report *report, const struct finding *finding,
                                  const struct fix_verdict *verdict)
{
    const char *text = "";
    size_t count = verdict->new_cycle_length;
    for (size_t i = 0; i < count; i++) {
        uint32_t lock = verdict->new_cycle_locks[i];
        text = arena_printf(report->arena, "%s%s%s", text,
                            i == 0           ? ""
                            : i + 1 == count ? " and "
                                             : ", ",
                            lock == 0 ? "the new lock" : fix_lock_name(report, finding, lock));
    }
    return text;
}

static const char *rejected_text(const struct report *report, const struct finding *finding,
                                 const struct fix_verdict *verdict)
{
    struct arena *arena = report->arena;
    const char *reason = fix_rejection_text(verdict->rejection);
    if (verdict->rejection == FIX_REJECTION_NEW_CYCLE && verdict->new_cycle_length != 0) {
        return arena_printf(arena, "rejected: %s: %s", reason,
                            new_cycle_text(report, finding, verdict));
    }
    if (verdict->rejection == FIX_REJECTION_STUCK) {
        return arena_printf(arena, "rejected: %s: %zu of %zu, %zu without it", reason,
                            verdict->stuck_after, verdict->schedules, verdict->stuck_before);
    }
    return arena_printf(arena, "rejected: %s", reason);
}

const char *fix_verdict_text(const struct report *report, const struct finding *finding,
                             const struct fix_verdict *verdict)
{
    return verdict->verified ? verified_text(report->arena, verdict)
                             : rejected_text(report, finding, verdict);
}

const char *fix_cost_text(struct arena *arena, const struct fix_verdict *verdict)
{
    return verdict->is_timed ? arena_printf(arena, "%+.0f %% on %u processor%s (simulated)",
                                            verdict->cost_percent, verdict->processors,
                                            verdict->processors == 1 ? "" : "s")
                             : "cost unknown: record with --times";
}

size_t fix_verified_count(const struct finding *finding)
{
    size_t count = 0;
    for (size_t i = 0; finding->fixes != NULL && i < finding->fixes->count; i++) {
        count += finding->fixes->fixes[i].verdict.verified;
    }
    return count;
}

const struct fix *fix_best(const struct finding *finding)
{
    for (size_t i = 0; finding->fixes != NULL && i < finding->fixes->count; i++) {
        if (finding->fixes->fixes[i].verdict.verified) {
            return &finding->fixes->fixes[i];
        }
    }
    return NULL;
}
