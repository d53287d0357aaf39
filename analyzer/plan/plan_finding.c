#include <string.h>
#include "analyzer/model/thread_end.h"
#include "analyzer/plan/plan.h"
#include "analyzer/report/title.h"
#include "analyzer/schedule/sync_trace.h"

/* Why nothing can be held back for it; NULL if it can. */
static const char *why_not(const struct finding *finding)
{
    bool is_lost_signal =
        finding->misuse != NULL && finding->misuse->rule == MISUSE_SIGNAL_UNLOCKED;
    if (finding->told != NULL) {
        return "it comes from a merged file, which has no call stacks: give the recording itself";
    }
    if (finding->execution->of_recordings) {
        return "no recording shows all of it: there is no one program that could deadlock in it";
    }
    if (finding->execution->place_count != 0) {
        return "it comes from a trace in text, which does not tell where in the program it was";
    }
    if (finding->kind == FINDING_ORDER_VIOLATION) {
        return "an order that was not kept is no deadlock by itself";
    }
    if (finding->misuse != NULL && !is_lost_signal) {
        return "it is a misuse, not a deadlock that threads could be steered into";
    }
    return NULL;
}

/* A semaphore that the next thread has taken is a lock. */
static bool is_wait(const struct finding *finding, size_t index)
{
    const struct dependency *dependency = finding->steps[index].dependency;
    const struct lock *lock = execution_find_lock(finding->execution, dependency->lock);
    const struct cycle_step *next = &finding->steps[(index + 1) % finding->step_count];
    enum trace_lock_kind kind = lock != NULL ? lock->kind : TRACE_LOCK_MUTEX;
    return kind == TRACE_LOCK_CONDITION || kind == TRACE_LOCK_BARRIER ||
           (dependency->mode & TRACE_MODE_WAIT) != 0 ||
           (kind == TRACE_LOCK_SEMAPHORE && step_hold(next)->lock != dependency->lock);
}

/* Where it took what it holds, or was created, if that is its own end. */
static struct plan_place holding_place(struct plan *plan, const struct execution *execution,
                                       const struct trace_dependency_held *hold)
{
    return execution_find_lock(execution, hold->lock) != NULL
               ? plan_place_of(plan, execution, hold->stack)
               : (struct plan_place){.count = 0};
}

/* A thread holds its own end before all else, and that begins nowhere in what it does. */
static struct plan_place begin_place(struct plan *plan, const struct execution *execution,
                                     const struct cycle_step *step)
{
    const struct dependency *dependency = step->dependency;
    const struct trace_dependency_held *first = dependency->held;
    const struct trace_dependency_held *hold = step_hold(step);
    const struct lock *held = execution_find_lock(execution, hold->lock);
    if (dependency->held_count == 0 || first == hold || held == NULL || thread_end_of(held) != 0 ||
        first->stack == hold->stack) {
        return (struct plan_place){.count = 0};
    }
    return holding_place(plan, execution, first);
}

static const char *step_text(struct plan *plan, const struct report *report,
                             const struct execution *execution, const struct plan_step *step,
                             const struct trace_dependency_held *hold, uint32_t wanted)
{
    struct arena *arena = plan->arena;
    const char *wants = arena_printf(arena, "%s %s", step->waits ? "waits for" : "requests",
                                     names_lock(report->names, execution, wanted));
    return step->holding.count == 0
               ? wants
               : arena_printf(arena, "holds %s, %s",
                              names_lock(report->names, execution, hold->lock), wants);
}

static void add_step(struct plan *plan, const struct report *report, const struct finding *finding,
                     size_t index)
{
    const struct execution *execution = finding->execution;
    const struct cycle_step *step = &finding->steps[index];
    const struct dependency *dependency = step->dependency;
    struct plan_place requests = plan_place_of(plan, execution, dependency->stack);
    if (dependency->lock == 0 || requests.count == 0) {
        return; /* a thread that has ended, or is another process's */
    }
    const struct trace_dependency_held *hold = step_hold(step);
    struct plan_step *added = array_add(plan->arena, &plan->steps);
    added->requests = requests;
    added->holding = holding_place(plan, execution, hold);
    added->begins = begin_place(plan, execution, step);
    added->waits = is_wait(finding, index);
    added->rank = (unsigned)index;
    added->text = step_text(plan, report, execution, added, hold, dependency->lock);
}

/* The event of the witness by which the step's thread has what it holds; 0 if none is. */
static size_t taken_at(const struct finding_witness *witness, const struct cycle_step *step)
{
    size_t at = 0;
    for (size_t i = 0; i < witness->event_count; i++) {
        const struct witness_event *event = &witness->events[i];
        bool is_taking = event->kind == SYNC_ACQUIRE || event->kind == SYNC_TAKE;
        if (is_taking && event->thread == step->dependency->thread &&
            event->lock == step_hold(step)->lock) {
            at = i + 1;
        }
    }
    return at;
}

/* Each step's rank: how many take theirs before. The plan has all of the finding's steps. */
static void rank_by_witness(struct plan *plan, const struct finding *finding)
{
    size_t count = finding->step_count;
    for (size_t i = 0; i < count; i++) {
        size_t own = taken_at(finding->witness, &finding->steps[i]);
        plan->steps.items[i].rank = 0;
        for (size_t j = 0; j < count; j++) {
            size_t other = taken_at(finding->witness, &finding->steps[j]);
            plan->steps.items[i].rank += other < own || (other == own && j < i);
        }
    }
}

/* Who has tested and will wait is held back: a signal that needs no mutex passes it by. */
static void add_lost_signal(struct plan *plan, const struct finding *finding)
{
    const struct trace_misuse *misuse = finding->misuse;
    for (uint32_t i = 0; i < misuse->place_count && i < TRACE_MISUSE_PLACES; i++) {
        struct plan_place place = {.count = 0};
        if (misuse->places[i].role == MISUSE_PLACE_WAITING) {
            place = plan_place_of(plan, finding->execution, misuse->places[i].stack);
        }
        if (place.count != 0) {
            *array_add(plan->arena, &plan->steps) = (struct plan_step){
                .requests = place, .waits = true, .text = "waits for the condition"};
        }
    }
}

bool plan_add_finding(struct plan *plan, const struct report *report, const struct finding *finding,
                      const char **error)
{
    size_t before = plan->steps.count;
    *error = why_not(finding);
    if (*error != NULL) {
        return false;
    }
    if (finding->misuse != NULL) {
        add_lost_signal(plan, finding);
    }
    for (size_t i = 0; i < finding->step_count; i++) {
        add_step(plan, report, finding, i);
    }
    if (finding->witness != NULL && before == 0 && plan->steps.count == finding->step_count) {
        rank_by_witness(plan, finding);
    }
    plan->is_set = finding->misuse != NULL || finding->kind == FINDING_BLOCKED_WAIT ||
                   (finding->live != NULL && finding->live->sort == TRACE_DEADLOCK_EVERYONE);
    if (plan->steps.count == before) {
        *error = "the recording does not tell where its threads wait";
    }
    return *error == NULL;
}
