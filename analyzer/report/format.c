#include "analyzer/report/format.h"

#include <string.h>
#include "analyzer/report/collapse.h"
#include "analyzer/report/fingerprint.h"
#include "analyzer/report/github.h"
#include "analyzer/report/json.h"
#include "analyzer/report/junit.h"
#include "analyzer/report/sarif.h"
#include "analyzer/report/source_text.h"
#include "analyzer/report/text.h"
#include "analyzer/report/title.h"

static const struct report_format formats[REPORT_FORMAT_COUNT] = {
#define REPORT_FORMAT(NAME, name, shares) {REPORT_FORMAT_##NAME, #name, shares, name##_write},
#include "analyzer/report/formats.def"
#undef REPORT_FORMAT
};

const struct report_format *report_format_get(enum report_format_id id)
{
    return &formats[id];
}

const struct report_format *report_format_find(const char *name)
{
    for (size_t i = 0; i < REPORT_FORMAT_COUNT; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            return &formats[i];
        }
    }
    return NULL;
}

/* The step whose request was recorded first: dependencies lie in the order recorded. */
static size_t first_step(const struct cycle_step *steps, size_t count)
{
    size_t first = 0;
    for (size_t i = 1; i < count; i++) {
        if (steps[i].dependency < steps[first].dependency) {
            first = i;
        }
    }
    return first;
}

static const struct cycle_step *turned(struct arena *arena, const struct cycle_step *steps,
                                       size_t count, size_t first)
{
    struct cycle_step *result = arena_alloc(arena, count, sizeof *result);
    for (size_t i = 0; i < count; i++) {
        result[i] = steps[(first + i) % count];
    }
    return result;
}

/* The locks a cycle is about are numbered before what else its threads hold and want. */
static void add_locks(struct report *report, const struct execution *execution,
                      const struct cycle_step *steps, size_t step_count)
{
    for (size_t i = 0; i < step_count; i++) {
        if (step_hold(&steps[i])->lock != 0) {
            names_add_lock(report->names, execution, step_hold(&steps[i])->lock);
        }
    }
    for (size_t i = 0; i < step_count; i++) {
        const struct dependency *dependency = steps[i].dependency;
        for (size_t j = 0; j < dependency->held_count; j++) {
            names_add_lock(report->names, execution, dependency->held[j].lock);
        }
        if (dependency->lock != 0) {
            names_add_lock(report->names, execution, dependency->lock);
        }
    }
}

static void prepare_finding(struct report *report, struct finding *finding)
{
    if (finding->misuse != NULL) {
        names_add_lock(report->names, finding->execution, finding->misuse->lock);
        return;
    }
    size_t count = finding->step_count;
    if (finding->live != NULL || finding->rule != FINDING_RULE_NONE) {
        add_locks(report, finding->execution, finding->steps, count);
        return;
    }
    finding->steps =
        turned(report->arena, finding->steps, count, first_step(finding->steps, count));
    add_locks(report, finding->execution, finding->steps, count);
}

static void prepare_dismissed(struct report *report, struct dismissed *dismissed)
{
    size_t count = dismissed->step_count;
    size_t first = first_step(dismissed->steps, count);
    dismissed->steps = turned(report->arena, dismissed->steps, count, first);
    dismissed->step_a = (dismissed->step_a + count - first) % count;
    dismissed->step_b = (dismissed->step_b + count - first) % count;
    add_locks(report, dismissed->execution, dismissed->steps, count);
}

static void prepare_process(struct report *report, struct report_process *process)
{
    struct analysis *analysis = &process->analysis;
    if (process->analysed != NULL) {
        collapse_findings(report->arena, report->symbolizer, process->analysed, analysis);
    }
    misuse_analyze(report->arena, report->code, &process->execution, analysis);
    for (size_t i = 0; i < analysis->finding_count; i++) {
        prepare_finding(report, &analysis->findings[i]);
    }
    for (size_t i = 0; i < analysis->dismissed_count; i++) {
        prepare_dismissed(report, &analysis->dismissed[i]);
    }
    /* Without --class-order they are only counted. */
    for (size_t i = 0; analysis->class_only != NULL && i < analysis->class_only_count; i++) {
        prepare_finding(report, &analysis->class_only[i]);
    }
}

void report_init(struct report *report, struct arena *arena, struct report_process *processes,
                 size_t process_count)
{
    struct unseen_files files = {0};
    memset(report, 0, sizeof *report);
    report->arena = arena;
    report->symbolizer = symbolizer_create(arena);
    report->names = names_create(arena, report->symbolizer);
    report->code = caller_code_create(arena);
    report->fingerprints = fingerprints_create(arena, report->symbolizer, report->code);
    report->sources = source_texts_create(arena);
    report->processes = processes;
    report->process_count = process_count;
    for (size_t i = 0; i < process_count; i++) {
        unseen_add_execution(arena, &processes[i].unseen, &files, &processes[i].execution);
        prepare_process(report, &processes[i]);
    }
    report_number_findings(report, processes);
}

void report_number_findings(struct report *report, struct report_process *processes)
{
    size_t next_id = 1;
    for (size_t i = 0; i < report->process_count; i++) {
        struct analysis *analysis = &processes[i].analysis;
        processes[i].first_id = next_id;
        for (size_t j = 0; j < analysis->finding_count; j++) {
            analysis->findings[j].id = next_id++;
        }
    }
}

void report_add_process(struct report *report, struct report_process *process)
{
    report->process_count++;
    prepare_process(report, process);
}

size_t report_recording_count(const struct report *report)
{
    size_t count = report->merged.recordings;
    for (size_t i = 0; i < report->process_count; i++) {
        count += !report->processes[i].execution.of_recordings;
    }
    return count;
}

void report_prepare_finding(struct report *report, struct finding *finding)
{
    prepare_finding(report, finding);
}

void report_destroy(struct report *report)
{
    caller_code_free(report->code);
    symbolizer_free(report->symbolizer);
}

size_t report_finding_count_above(const struct report *report, enum confidence confidence)
{
    size_t count = 0;
    for (size_t i = 0; i < report->process_count; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        for (size_t j = 0; j < analysis->finding_count; j++) {
            count += analysis->findings[j].confidence >= confidence;
        }
    }
    return count;
}

size_t report_finding_count(const struct report *report)
{
    return report_finding_count_above(report, (enum confidence)0);
}

bool report_process_is_complete(const struct report_process *process)
{
    return process->execution.complete && process->analysis.bound_hit == 0;
}

bool report_is_complete(const struct report *report)
{
    for (size_t i = 0; i < report->process_count; i++) {
        if (!report_process_is_complete(&report->processes[i])) {
            return false;
        }
    }
    return report->failure_count == 0 && report->merged.incomplete == 0;
}
