#include "analyzer/report/remedy.h"

#include "analyzer/model/thread_end.h"
#include "analyzer/report/cause.h"
#include "analyzer/report/place.h"
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

static const struct lock *wanted_lock(const struct finding *finding, size_t step)
{
    return execution_find_lock(finding->execution, step_wanted(&finding->steps[step]));
}

static bool is_awaited_thread(const struct lock *lock)
{
    return lock != NULL && thread_end_of(lock) != 0;
}

static bool is_initialiser(const struct lock *lock)
{
    return lock != NULL && (lock->kind == TRACE_LOCK_ONCE || lock->kind == TRACE_LOCK_GUARD);
}

static bool is_only_awaited(const struct lock *lock)
{
    return lock != NULL && (lock->kind == TRACE_LOCK_CONDITION ||
                            lock->kind == TRACE_LOCK_BARRIER || lock->kind == TRACE_LOCK_SEMAPHORE);
}

static const char *circle_text(const struct report *report, const struct finding *finding)
{
    bool thread = false;
    bool initialiser = false;
    for (size_t i = 0; i < finding->step_count; i++) {
        thread |= is_awaited_thread(wanted_lock(finding, i));
        initialiser |= is_initialiser(wanted_lock(finding, i));
    }
    const char *locks = title_locks(report->arena, report->names, finding);
    return remedy_of_circle(report->arena, locks, thread, initialiser);
}

/* Where the first step requests what fits. */
static uint32_t request_stack(const struct finding *finding, bool (*fits)(const struct lock *lock))
{
    for (size_t i = 0; i < finding->step_count; i++) {
        if (fits(wanted_lock(finding, i))) {
            return finding->steps[i].dependency->stack;
        }
    }
    return 0;
}

/* Where a circle goes through a join, or enters an initialiser; it has several places else. */
static uint32_t circle_stack(const struct finding *finding)
{
    uint32_t stack = request_stack(finding, is_awaited_thread);
    for (size_t i = 0; stack == 0 && i < finding->step_count; i++) {
        const struct trace_dependency_held *hold = step_hold(&finding->steps[i]);
        if (is_initialiser(execution_find_lock(finding->execution, hold->lock))) {
            stack = hold->stack;
        }
    }
    return stack;
}

static uint32_t misuse_stack(const struct trace_misuse *misuse)
{
    for (uint32_t i = 0; misuse->rule == MISUSE_USE_DESTROYED && i < misuse->place_count; i++) {
        if (misuse->places[i].role == MISUSE_PLACE_DESTROYED) {
            return misuse->places[i].stack;
        }
    }
    return misuse->place_count != 0 ? misuse->places[0].stack : 0;
}

static bool is_read(const struct cycle_step *step)
{
    return (step->dependency->mode & TRACE_MODE_READ) != 0;
}

static bool is_owner_lost(const struct finding *finding)
{
    return finding->live != NULL && (finding->live->sort == TRACE_DEADLOCK_OWNER_GONE ||
                                     finding->live->sort == TRACE_DEADLOCK_NOT_FORKED);
}

/* The call to change; 0: several, or none that is known. */
static uint32_t stack_of(const struct finding *finding)
{
    if (finding->misuse != NULL) {
        return misuse_stack(finding->misuse);
    }
    if (finding->told != NULL || finding->step_count == 0) {
        return 0;
    }
    if (is_circle(finding)) {
        return circle_stack(finding);
    }
    if (finding->rule == FINDING_RULE_RECURSIVE_READ) {
        return finding->steps[is_read(&finding->steps[0]) ? 0 : finding->step_count - 1]
            .dependency->stack;
    }
    if (is_owner_lost(finding)) {
        return step_hold(&finding->steps[finding->step_count - 1])->stack;
    }
    uint32_t wait = request_stack(finding, is_only_awaited);
    return wait != 0 ? wait : finding->steps[0].dependency->stack;
}

/* Of why nobody wakes them, if that is known: NULL where it is not that. */
static const char *cause_text(const struct report *report, const struct finding *finding)
{
    bool is_everyone = finding->live != NULL && finding->live->sort == TRACE_DEADLOCK_EVERYONE;
    for (size_t i = 0; is_everyone && i < finding->step_count; i++) {
        struct cause cause = cause_of(report, finding->execution, finding->steps[i].dependency);
        if (cause.wakes != NULL) {
            return rule_help_cause(cause.word);
        }
    }
    return NULL;
}

struct remedy remedy_of_finding(const struct report *report, const struct finding *finding)
{
    struct remedy remedy = {.text = cause_text(report, finding)};
    struct frame_list stack = place_program_frames(
        symbolizer_stack(report->symbolizer, finding->execution, stack_of(finding)));
    if (remedy.text == NULL) {
        remedy.text = is_circle(finding) ? circle_text(report, finding)
                                         : rule_help_remedy(rule_word(finding));
    }
    if (stack.count != 0 && place_line(report->arena, finding->execution, stack.frames) != NULL) {
        remedy.frame = &stack.frames[0];
        remedy.place = arena_printf(report->arena, "%s in %s",
                                    place_line(report->arena, finding->execution, stack.frames),
                                    place_function(report->arena, stack.frames));
    }
    return remedy;
}
