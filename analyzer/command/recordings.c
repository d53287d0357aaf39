#include "analyzer/command/recordings.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "analyzer/command/merged_input.h"
#include "analyzer/command/message.h"
#include "analyzer/command/std_input.h"
#include "analyzer/fix/fix_set.h"
#include "analyzer/model/joined_execution.h"
#include "analyzer/model/live_deadlock.h"
#include "analyzer/report/order_check.h"
#include "analyzer/schedule/recorded_judge.h"
#include "analyzer/schedule/wait_finding.h"
#include "analyzer/suite/suite_collect.h"
#include "analyzer/suite/suite_cycles.h"
#include "analyzer/suite/suite_file.h"
#include "analyzer/suite/suite_told.h"

static bool has_end(const char *name, const char *end)
{
    size_t bytes = strlen(name), end_bytes = strlen(end);
    return bytes > end_bytes && strcmp(name + bytes - end_bytes, end) == 0;
}

bool recordings_is_name(const char *name)
{
    return has_end(name, TRACE_EXTENSION);
}

static int is_recording_entry(const struct dirent *entry)
{
    return recordings_is_name(entry->d_name) || has_end(entry->d_name, SUITE_EXTENSION);
}

static bool is_folder(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int is_folder_entry(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !has_end(entry->d_name, ".old");
}

/* In the order of their names; false if the folder cannot be read. */
static bool list(struct recordings *recordings, const char *path,
                 int (*is_wanted)(const struct dirent *entry), struct paths *paths)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_wanted, versionsort);
    if (count < 0) {
        message(recordings->command, "cannot read %s: %s", path, strerror(errno));
        recordings->failure_count++;
        return false;
    }
    for (int i = 0; i < count; i++) {
        *array_add(recordings->arena, paths) =
            arena_printf(recordings->arena, "%s/%s", path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return true;
}

/* Folder by folder, without recursion: what lies below a folder comes after what lies in it. */
static void add_directory(struct recordings *recordings, const char *path)
{
    struct paths folders = {0}, found = {0};
    size_t count = recordings->paths.count;
    *array_add(recordings->arena, &folders) = path;
    for (size_t i = 0; i < folders.count; i++) {
        const char *folder = folders.items[i];
        found.count = 0;
        if (!list(recordings, folder, is_recording_entry, &recordings->paths) ||
            !list(recordings, folder, is_folder_entry, &found)) {
            return;
        }
        for (size_t j = 0; j < found.count; j++) {
            if (is_folder(found.items[j])) {
                *array_add(recordings->arena, &folders) = found.items[j];
            }
        }
    }
    if (recordings->paths.count == count) {
        message(recordings->command, "%s holds no recording (*" TRACE_EXTENSION ")", path);
        recordings->failure_count++;
    }
}

void recordings_add(struct recordings *recordings, const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        add_directory(recordings, path);
    } else {
        *array_add(recordings->arena, &recordings->paths) = path;
    }
}

/* What the process is analysed as; NULL when another one stands for it. */
static const struct execution *choose(struct arena *arena, const struct execution *const *all,
                                      size_t count, const struct shared_locks *shared, size_t i)
{
    if (shared->group[i] != i) {
        return NULL;
    }
    if (!shared->is_joint[i]) {
        return all[i];
    }
    struct execution *joined = arena_alloc(arena, 1, sizeof *joined);
    joined_execution_make(arena, all, count, shared, i, joined);
    return joined;
}

/* Why those that are analysed as one have no judge. */
static enum no_witness why_no_judge(const struct shared_locks *shared, size_t count, size_t first)
{
    for (size_t i = 0; i < count; i++) {
        if (i != first && shared->group[i] == first) {
            return NO_WITNESS_SEVERAL_PROCESSES;
        }
    }
    return NO_WITNESS_SEVERAL_ADDRESSES;
}

/* With the judge that its events make possible, if it has them in one order. */
static void analyze_one(struct arena *arena, struct report_process *process,
                        const struct lock_order_options *options, struct cycle_verdicts **verdicts)
{
    struct recorded_judge judge = {.arena = arena, .execution = process->analysed};
    const struct cycle_judge asked = {.judge = recorded_judge_ask, .context = &judge};
    struct lock_order_options own = *options;
    if (process->analysed == &process->execution) {
        own.judge = &asked;
    }
    lock_order_analyze(arena, process->analysed, &own, &process->analysis);
    if (own.judge != NULL && recorded_judge_verdicts_of_waits(&judge) != NULL) {
        wait_findings_add(arena, judge.verdicts, &own, &process->analysis);
    }
    live_deadlock_add(arena, process->analysed, &process->analysis);
    *verdicts = judge.verdicts;
}

void recordings_analyze_alone(struct arena *arena, struct report_process *process,
                              const struct lock_order_options *options)
{
    struct cycle_verdicts *verdicts;
    process->analysed = &process->execution;
    analyze_one(arena, process, options, &verdicts);
}

static void analyze(struct recordings *recordings, struct report_process *processes, size_t count,
                    const struct lock_order_options *options)
{
    struct arena *arena = recordings->arena;
    struct shared_locks shared;
    struct lock_order_options own = *options;
    const struct execution **all = arena_alloc(arena, count, sizeof(const struct execution *));
    for (size_t i = 0; i < count; i++) {
        all[i] = &processes[i].execution;
    }
    shared_locks_find(arena, all, count, &shared);
    for (size_t i = 0; i < count; i++) {
        struct report_process *process = &processes[i];
        process->analysed = choose(arena, all, count, &shared, i);
        if (process->analysed != NULL && recordings->deadlocks_only) {
            live_deadlock_add(arena, process->analysed, &process->analysis);
        } else if (process->analysed != NULL) {
            own.no_judge = why_no_judge(&shared, count, i);
            analyze_one(arena, process, &own, &recordings->verdicts[i]);
        }
    }
}

static bool load(struct recordings *recordings, const struct report_settings *settings,
                 const char *path, struct report_process *process, struct cycle_verdicts **verdicts)
{
    const char *error = "";
    bool loaded = settings->is_std ? std_input_load(recordings->arena, path, &settings->analysis,
                                                    process, verdicts, &error)
                                   : execution_load(recordings->arena, path, &process->execution,
                                                    &error) == TRACE_OK;
    if (!loaded) {
        message(recordings->command, "%s", error);
        recordings->failure_count++;
    } else {
        execution_map_paths(recordings->arena, &process->execution, settings->path_map);
    }
    return loaded;
}

static void load_merged(struct recordings *recordings, struct suite *suite, const char *path)
{
    const char *error = "";
    if (!merged_input_add(suite, path, &error)) {
        message(recordings->command, "%s", error);
        recordings->failure_count++;
    }
}

/* What recordings say that were merged before. */
static void sum_merged(const struct suite *suite, struct report_merged *merged)
{
    for (size_t i = 0; i < suite_count(suite, SUITE_RECORDING); i++) {
        const uint64_t *words = suite_row(suite, SUITE_RECORDING, i)->words;
        merged->recordings++;
        merged->incomplete += words[SUITE_RECORDING_COMPLETE] == 0;
        merged->lost += words[SUITE_RECORDING_LOST];
        merged->shared += words[SUITE_RECORDING_SHARED] != 0;
        merged->threads += words[SUITE_RECORDING_THREADS];
        merged->locks += words[SUITE_RECORDING_LOCKS];
        merged->requests += words[SUITE_RECORDING_REQUESTS];
    }
}

static void collect(struct suite *suite, const struct report *report)
{
    for (size_t i = 0; i < report->process_count; i++) {
        const struct report_process *process = &report->processes[i];
        (void)suite_collect_execution(suite, report->arena, report->symbolizer,
                                      &process->execution);
        for (size_t j = 0; j < process->analysis.finding_count; j++) {
            const struct finding *finding = &process->analysis.findings[j];
            *array_add(suite->arena, &suite->rings) = suite_collect_ring(
                suite, report->arena, report->symbolizer, finding->execution, finding);
        }
    }
}

/* What no recording shows alone, as one process more behind the others. */
static void report_suite(struct suite *suite, const struct report_settings *settings,
                         struct report *report, struct report_process *process)
{
    sum_merged(suite, &report->merged);
    if (report->merged.recordings == 0 && report->process_count < 2) {
        return;
    }
    collect(suite, report);
    suite_finish(suite);
    suite_cycles_find(suite->arena, suite, &settings->analysis, process);
    process->execution.directory =
        report->process_count != 0 ? report->processes[0].execution.directory : "";
    report_add_process(report, process);
    suite_told_add(suite->arena, suite, process);
}

/* Of the findings that are told. Processes that share locks have no common order of events. */
static void add_fixes(struct recordings *recordings, struct report_process *processes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct report_process *process = &processes[i];
        struct recorded_judge judge = {.arena = recordings->arena,
                                       .execution = process->analysed,
                                       .verdicts = recordings->verdicts[i],
                                       .was_asked = recordings->verdicts[i] != NULL};
        if (process->analysed != NULL) {
            fix_sets_add(recordings->arena, process->analysed,
                         process->analysed == &process->execution ? &judge : NULL,
                         &process->analysis);
        }
    }
}

static void keep_deadlocks(struct analysis *analysis)
{
    size_t kept = 0;
    for (size_t i = 0; i < analysis->finding_count; i++) {
        if (analysis->findings[i].live != NULL) {
            analysis->findings[kept++] = analysis->findings[i];
        }
    }
    analysis->finding_count = kept;
}

void recordings_report(struct recordings *recordings, const struct report_settings *settings,
                       struct report *report)
{
    struct arena *arena = recordings->arena;
    size_t paths = recordings->paths.count, count = 0;
    struct suite suite;
    /* Room for what several of them say together. */
    struct report_process *processes = arena_alloc(arena, paths + 1, sizeof *processes);
    recordings->verdicts = arena_alloc(arena, paths + 1, sizeof(struct cycle_verdicts *));
    suite_init(&suite, arena);
    for (size_t i = 0; i < paths; i++) {
        const char *path = recordings->paths.items[i];
        if (!settings->is_std && merged_input_is_one(path)) {
            load_merged(recordings, &suite, path);
        } else {
            count +=
                load(recordings, settings, path, &processes[count], &recordings->verdicts[count]);
        }
    }
    if (!settings->is_std) {
        analyze(recordings, processes, count, &settings->analysis);
    }
    report_init(report, arena, processes, count);
    report->failure_count = recordings->failure_count;
    report->options = settings->report;
    if (!settings->is_std && !recordings->deadlocks_only) {
        report_suite(&suite, settings, report, &processes[count]);
    }
    if (settings->order != NULL) {
        report->options.order = order_file_path(settings->order);
        order_check(report, processes, settings->order);
    }
    for (size_t i = 0; recordings->deadlocks_only && i < count; i++) {
        keep_deadlocks(&processes[i].analysis);
    }
    report_number_findings(report, processes);
    if (settings->hiding != NULL) {
        hide_findings(report, processes, settings->hiding);
    }
    if (!recordings->deadlocks_only) {
        add_fixes(recordings, processes, report->process_count);
    }
}

void recordings_write(FILE *out, const struct report_format *format, bool color,
                      const void *context)
{
    struct report report = *(const struct report *)context;
    report.options.color = color;
    format->write(out, &report);
}
