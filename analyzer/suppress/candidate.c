#include "analyzer/suppress/candidate.h"

#include "analyzer/report/finding_title.h"
#include "analyzer/report/fingerprint.h"
#include "analyzer/report/misuse_words.h"
#include "analyzer/report/place.h"
#include "analyzer/report/rule.h"
#include "analyzer/report/title.h"

static void add_stack(const struct report *report, struct candidate *candidate, uint32_t stack,
                      const char *called, bool is_main)
{
    struct frame_list all =
        symbolizer_stack(report->symbolizer, candidate->finding->execution, stack);
    if (all.count != 0) {
        *array_add(report->arena, &candidate->stacks) = (struct candidate_stack){
            .all = all, .program = place_program_frames(all), .called = called, .is_main = is_main};
    }
}

static void add_lock(const struct report *report, struct candidate *candidate, uint32_t lock)
{
    const struct execution *execution = candidate->finding->execution;
    if (lock != 0) {
        *array_add(report->arena, &candidate->locks) = names_lock(report->names, execution, lock);
        *array_add(report->arena, &candidate->locks) =
            names_lock_class(report->names, execution, lock);
    }
}

static const char *function_that_takes(const struct execution *execution, uint32_t lock_id,
                                       uint32_t mode)
{
    const struct lock *lock = execution_find_lock(execution, lock_id);
    switch (lock != NULL ? lock->kind : 0) {
    case TRACE_LOCK_MUTEX:
        return "pthread_mutex_lock";
    case TRACE_LOCK_RWLOCK:
        return mode & TRACE_MODE_READ ? "pthread_rwlock_rdlock" : "pthread_rwlock_wrlock";
    case TRACE_LOCK_SPIN:
        return "pthread_spin_lock";
    case TRACE_LOCK_SEMAPHORE:
        return "sem_wait";
    case TRACE_LOCK_THREAD:
        return "pthread_join";
    default:
        return "";
    }
}

static void add_step(const struct report *report, struct candidate *candidate,
                     const struct cycle_step *step)
{
    const struct execution *execution = candidate->finding->execution;
    const struct trace_dependency_held *hold = step_hold(step);
    const struct dependency *wanted = step->dependency;
    add_lock(report, candidate, hold->lock);
    add_lock(report, candidate, wanted->lock);
    add_stack(report, candidate, hold->stack,
              function_that_takes(execution, hold->lock, hold->mode), false);
    add_stack(report, candidate, wanted->stack,
              function_that_takes(execution, wanted->lock, wanted->mode), true);
}

static void add_misuse(const struct report *report, struct candidate *candidate)
{
    const struct trace_misuse *misuse = candidate->finding->misuse;
    add_lock(report, candidate, misuse->lock);
    if (misuse->lock == 0) {
        *array_add(report->arena, &candidate->locks) =
            misuse_object_name(report, candidate->finding);
    }
    for (uint32_t i = 0; i < misuse->place_count; i++) {
        add_stack(report, candidate, misuse->places[i].stack, i == 0 ? misuse->text : "", i == 0);
    }
}

struct candidate candidate_of(const struct report *report, const struct report_process *process,
                              const struct finding *finding)
{
    struct candidate candidate = {
        .finding = finding,
        .kind = finding_kind_word(finding->kind),
        .rule = rule_word(finding),
        .fingerprint = fingerprint_of_finding(report, process, finding),
        .title = finding_title(report, finding),
    };
    if (finding->misuse != NULL) {
        add_misuse(report, &candidate);
    }
    for (size_t i = 0; i < finding->step_count; i++) {
        add_step(report, &candidate, &finding->steps[i]);
    }
    return candidate;
}
