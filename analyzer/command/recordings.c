#include "analyzer/command/recordings.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "analyzer/command/message.h"
#include "analyzer/command/std_input.h"
#include "analyzer/model/joined_execution.h"
#include "analyzer/model/live_deadlock.h"
#include "analyzer/schedule/recorded_judge.h"
#include "analyzer/suppress/generate.h"
#include "analyzer/schedule/wait_finding.h"

bool parse_number(const char *text, unsigned long max, unsigned long *value)
{
    char *end;
    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (errno != 0 || *end != '\0' || number > max) {
        return false;
    }
    *value = number;
    return true;
}

static bool is_one_of(const char *value, const char *const *choices)
{
    for (; value != NULL && *choices != NULL; choices++) {
        if (strcmp(value, *choices) == 0) {
            return true;
        }
    }
    return value == NULL;
}

static bool wrong_value(const char *command, const char *option, const char *value,
                        const char *expected)
{
    message(command, "--%s=%s: expected %s", option, value, expected);
    return false;
}

static bool find_source_root(struct report_settings *settings, struct arena *arena,
                             const char *command, const char *given)
{
    char *real = realpath(given != NULL ? given : ".", NULL);
    if (real == NULL && given != NULL) {
        message(command, "--source-root=%s: %s", given, strerror(errno));
        return false;
    }
    settings->report.source_root = real != NULL ? arena_strdup(arena, real) : NULL;
    free(real);
    return true;
}

bool report_settings_init(struct report_settings *settings, struct arena *arena,
                          const char *command, const struct options *options)
{
    static const char *const colors[] = {"auto", "always", "never", NULL};
    static const char *const stacks[] = {"short", "all", NULL};
    static const char *const inputs[] = {"std", NULL};
    const char *input = options->values[OPTION_INPUT];
    const char *color = options->values[OPTION_COLOR];
    const char *stack = options->values[OPTION_STACKS];
    const char *limit = options->values[OPTION_SEARCH_LIMIT];
    unsigned long search_limit = 0;
    memset(settings, 0, sizeof *settings);
    if (!is_one_of(color, colors)) {
        return wrong_value(command, "color", color, "auto, always or never");
    }
    if (!is_one_of(stack, stacks)) {
        return wrong_value(command, "stacks", stack, "short or all");
    }
    if (limit != NULL && (!parse_number(limit, ULONG_MAX, &search_limit) || search_limit == 0)) {
        return wrong_value(command, "search-limit", limit, "a number of steps from 1");
    }
    if (!is_one_of(input, inputs)) {
        return wrong_value(command, "input", input, "std");
    }
    settings->is_std = settings->report.of_traces = input != NULL;
    settings->report.all_stacks = stack != NULL && strcmp(stack, "all") == 0;
    settings->report.show_dismissed = options_has(options, OPTION_SHOW_DISMISSED);
    settings->report.show_suppressed = options_has(options, OPTION_SHOW_SUPPRESSED);
    settings->report.show_known = options_has(options, OPTION_SHOW_KNOWN);
    settings->report.class_order = options_has(options, OPTION_CLASS_ORDER);
    settings->analysis.search_limit = search_limit;
    settings->analysis.keep_dismissed = true;
    settings->analysis.class_order = settings->report.class_order;
    return find_source_root(settings, arena, command, options->values[OPTION_SOURCE_ROOT]);
}

bool report_outputs_init(struct outputs *outputs, struct arena *arena, const char *command,
                         const struct options *options)
{
    if (!outputs_init(outputs, arena, command, options, REPORT_FORMATS_ALL)) {
        return false;
    }
    if (options_has(options, OPTION_GEN_SUPPRESSIONS)) {
        outputs_take_place(outputs, &suppressions_format);
    }
    return true;
}

void recordings_write(FILE *out, const struct report_format *format, bool color,
                      const void *context)
{
    struct report report = *(const struct report *)context;
    report.options.color = color;
    format->write(out, &report);
}

bool report_settings_map_paths(struct report_settings *settings, struct arena *arena,
                               const char *command, const struct options *options)
{
    size_t cursor = 0;
    const char *rule;
    while ((rule = options_next(options, OPTION_PATH_MAP, &cursor)) != NULL) {
        if (settings->path_map == NULL) {
            settings->path_map = arena_alloc(arena, 1, sizeof *settings->path_map);
        }
        if (!path_map_add(arena, settings->path_map, rule)) {
            return wrong_value(command, "path-map", rule, "FROM=TO, two folders");
        }
    }
    return true;
}

bool report_settings_load(struct report_settings *settings, struct arena *arena,
                          const char *command, const struct options *options)
{
    return report_settings_map_paths(settings, arena, command, options) &&
           hiding_load(arena, command, options, &settings->hiding);
}

bool recordings_is_name(const char *name)
{
    size_t bytes = strlen(name);
    size_t extension = strlen(TRACE_EXTENSION);
    return bytes > extension && strcmp(name + bytes - extension, TRACE_EXTENSION) == 0;
}

static int is_recording_entry(const struct dirent *entry)
{
    return recordings_is_name(entry->d_name);
}

static void add_directory(struct recordings *recordings, const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_recording_entry, versionsort);
    if (count < 0) {
        message(recordings->command, "cannot read %s: %s", path, strerror(errno));
        recordings->failure_count++;
        return;
    }
    for (int i = 0; i < count; i++) {
        *array_add(recordings->arena, &recordings->paths) =
            arena_printf(recordings->arena, "%s/%s", path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    if (count == 0) {
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
    if (own.judge != NULL && recorded_judge_verdicts(&judge) != NULL) {
        wait_findings_add(arena, judge.verdicts, &own, &process->analysis);
    }
    live_deadlock_add(arena, process->analysed, &process->analysis);
    *verdicts = judge.verdicts;
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
        if (process->analysed != NULL) {
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

void recordings_report(struct recordings *recordings, const struct report_settings *settings,
                       struct report *report)
{
    struct arena *arena = recordings->arena;
    struct report_process *processes =
        arena_alloc(arena, recordings->paths.count + 1, sizeof *processes);
    size_t count = 0;
    recordings->verdicts =
        arena_alloc(arena, recordings->paths.count + 1, sizeof(struct cycle_verdicts *));
    for (size_t i = 0; i < recordings->paths.count; i++) {
        count += load(recordings, settings, recordings->paths.items[i], &processes[count],
                      &recordings->verdicts[count]);
    }
    if (!settings->is_std) {
        analyze(recordings, processes, count, &settings->analysis);
    }
    report_init(report, arena, processes, count);
    if (settings->hiding != NULL) {
        hide_findings(report, processes, settings->hiding);
    }
    report->failure_count = recordings->failure_count;
    report->options = settings->report;
}
