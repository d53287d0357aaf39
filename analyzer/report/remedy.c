#include "analyzer/report/remedy.h"

#include "analyzer/model/thread_end.h"
#include "analyzer/report/rule.h"
#include "analyzer/report/rule_help.h"
#include "analyzer/report/title.h"

const char *remedy_of_circle(struct arena *arena, const char *locks, bool waits_for_a_thread,
                             bool waits_for_an_initialiser)
{
    if (waits_for_a_thread) {
        return "join a thread only after releasing the locks that it still needs";
    }
    if (waits_for_an_initialiser) {
        return "take no lock in an initialiser that callers may hold, or initialise before threads "
               "start";
    }
    return arena_printf(arena,
                        "take %s in one order everywhere, or release the first before requesting "
                        "the next",
                        locks);
}

/* Of different locks: what has a rule of its own is no such circle. */
static bool is_circle(const struct finding *finding)
{
    return finding->misuse == NULL && finding->rule == FINDING_RULE_NONE &&
           finding->step_count > 1 &&
           (finding->live == NULL || finding->live->sort == TRACE_DEADLOCK_CYCLE);
}

const char *remedy_of_finding(const struct report *report, const struct finding *finding)
{
    bool thread = false;
    bool initialiser = false;
    if (!is_circle(finding)) {
        return rule_help_remedy(rule_word(finding));
    }
    for (size_t i = 0; i < finding->step_count; i++) {
        const struct lock *lock =
            execution_find_lock(finding->execution, step_wanted(&finding->steps[i]));
        thread |= lock != NULL && thread_end_of(lock) != 0;
        initialiser |=
            lock != NULL && (lock->kind == TRACE_LOCK_ONCE || lock->kind == TRACE_LOCK_GUARD);
    }
    const char *locks = title_locks(report->arena, report->names, finding);
    return remedy_of_circle(report->arena, locks, thread, initialiser);
}
