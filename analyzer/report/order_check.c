#include "analyzer/report/order_check.h"

#include <string.h>
#include "analyzer/model/thread_end.h"
#include "analyzer/report/collapse.h"
#include "analyzer/report/lock_label.h"

struct check {
    struct report *report;
    struct order_file *file;
    const struct execution *execution;
    const char **labels; /* by position of the lock; NULL: not looked up yet */
    ARRAY(struct finding) findings;
};

/* NULL for what is no lock. */
static const char *label_of(struct check *check, uint32_t id)
{
    const struct lock *lock = execution_find_lock(check->execution, id);
    if (lock == NULL || thread_end_of(lock) != 0) {
        return NULL;
    }
    const char **label = &check->labels[lock - check->execution->locks];
    if (*label == NULL) {
        *label =
            lock_label(check->report->arena, check->report->symbolizer, check->execution, lock);
    }
    return *label;
}

static void add_violation(struct check *check, const struct dependency *dependency, size_t held,
                          const char *before, const char *after)
{
    struct arena *arena = check->report->arena;
    struct cycle_step *step = arena_alloc(arena, 1, sizeof *step);
    struct finding_order_broken *broken = arena_alloc(arena, 1, sizeof *broken);
    *step = (struct cycle_step){.dependency = dependency, .hold_index = held};
    *broken = (struct finding_order_broken){before, after, order_file_path(check->file)};
    *array_add(arena, &check->findings) = (struct finding){
        .kind = FINDING_ORDER_VIOLATION,
        .confidence = CONFIDENCE_HAPPENED,
        .execution = check->execution,
        .step_count = 1,
        .steps = step,
        .instances = 1,
        .broken = broken,
    };
}

static void check_dependency(struct check *check, const struct dependency *dependency)
{
    const char *wanted = label_of(check, dependency->lock);
    if (wanted == NULL || dependency->mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED)) {
        return;
    }
    for (uint32_t i = 0; i < dependency->held_count; i++) {
        const char *held = label_of(check, dependency->held[i].lock);
        if (held != NULL && dependency->held[i].lock != dependency->lock &&
            order_file_has(check->file, wanted, held)) {
            add_violation(check, dependency, i, wanted, held);
            return;
        }
    }
}

/* Behind those there are. */
static void append(struct arena *arena, struct analysis *analysis, const struct finding *findings,
                   size_t count)
{
    size_t before = analysis->finding_count;
    struct finding *all = arena_alloc(arena, before + count + 1, sizeof *all);
    for (size_t i = 0; i < before + count; i++) {
        all[i] = i < before ? analysis->findings[i] : findings[i - before];
    }
    analysis->findings = all;
    analysis->finding_count = before + count;
}

static void check_process(struct report *report, struct report_process *process,
                          struct order_file *file)
{
    struct arena *arena = report->arena;
    const struct execution *execution = process->analysed;
    struct check check = {
        .report = report,
        .file = file,
        .execution = execution,
        .labels = arena_alloc(arena, execution->lock_count, sizeof(const char *)),
    };
    for (size_t i = 0; i < execution->dependency_count; i++) {
        check_dependency(&check, &execution->dependencies[i]);
    }
    struct analysis found = {
        .findings = check.findings.items,
        .finding_count = check.findings.count,
        .lock_class = process->analysis.lock_class,
    };
    collapse_findings(arena, report->symbolizer, execution, &found);
    for (size_t i = 0; i < found.finding_count; i++) {
        report_prepare_finding(report, &found.findings[i]);
    }
    append(arena, &process->analysis, found.findings, found.finding_count);
}

void order_check(struct report *report, struct report_process *processes, struct order_file *file)
{
    bool merged_only = report->process_count == 1 && processes[0].execution.of_recordings;
    for (size_t i = 0; i < report->process_count; i++) {
        if (processes[i].analysed != NULL &&
            (merged_only || !processes[i].execution.of_recordings)) {
            check_process(report, &processes[i], file);
        }
    }
}
