#include "analyzer/command/try_fix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/command/finding_input.h"
#include "analyzer/command/message.h"
#include "analyzer/command/recorded_command.h"
#include "analyzer/command/run.h"
#include "analyzer/plan/plan_fix.h"
#include "analyzer/plan/plan_read.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/fingerprint.h"
#include "analyzer/report/text.h"
#include "analyzer/report/title.h"

#define STATUS_SETUP    125
#define DATA_DEFAULT    "unknot.fixed"
#define ARENA_BYTES_MAX ((size_t)16 << 30)

/* FILE:ID[:K] */
struct fix_name {
    const char *file, *id;
    unsigned long number; /* K, from 1 */
};

struct trial {
    const char *command;
    struct arena arena;
    struct report_settings settings;
    struct fix_name name;
    struct finding_input input;
    const struct fix *fix;
    struct plan plan;
};

/* Takes the last ":WORD" off the text; NULL if there is none. */
static const char *take_last(char *text)
{
    char *colon = strrchr(text, ':');
    if (colon == NULL || colon[1] == '\0') {
        return NULL;
    }
    *colon = '\0';
    return colon + 1;
}

static bool is_number(const char *text)
{
    return text != NULL && text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool parse_name(struct trial *trial, const char *value)
{
    char *text = arena_strdup(&trial->arena, value);
    struct fix_name *name = &trial->name;
    name->id = take_last(text);
    name->number = 1;
    const char *colon = strrchr(text, ':');
    if (colon != NULL && is_number(colon + 1)) {
        if (!parse_number(name->id, UINT32_MAX, &name->number) || name->number == 0) {
            name->id = NULL;
        } else {
            name->id = take_last(text);
        }
    }
    name->file = text;
    if (!is_number(name->id) || text[0] == '\0') {
        message(trial->command, "--try-fix=%s: expected FILE:ID or FILE:ID:K, with numbers from 1",
                value);
        return false;
    }
    return true;
}

static bool find_fix(struct trial *trial)
{
    const struct finding *finding = trial->input.finding;
    const struct fix_set *set = finding->fixes;
    const char *error;
    if (set == NULL || set->count == 0) {
        message(trial->command, "finding %s has no fix to try; its report tells what helps",
                trial->name.id);
        return false;
    }
    if (set->count < trial->name.number) {
        message(trial->command, "finding %s has %zu fixes", trial->name.id, set->count);
        return false;
    }
    trial->fix = &set->fixes[trial->name.number - 1];
    const struct report *report = &trial->input.report;
    plan_init(&trial->plan, &trial->arena, report->symbolizer);
    trial->plan.origin = arena_printf(&trial->arena, "%s, finding %s, fix %lu", trial->name.file,
                                      trial->name.id, trial->name.number);
    if (!plan_add_fix(&trial->plan, report, &report->processes[trial->input.process], finding,
                      trial->fix, &error)) {
        message(trial->command, "fix %lu of finding %s (%s) cannot be tried: %s",
                trial->name.number, trial->name.id, fix_kind_title(trial->fix->change.kind), error);
        return false;
    }
    return true;
}

/* Which report has the finding with this fingerprint; NULL if it has none. */
static const struct finding *find_equal(const struct report *report, const char *fingerprint)
{
    for (size_t i = 0; i < report->process_count; i++) {
        const struct report_process *process = &report->processes[i];
        for (size_t j = 0; j < process->analysis.finding_count; j++) {
            const struct finding *finding = &process->analysis.findings[j];
            if (strcmp(fingerprint_of_finding(report, process, finding), fingerprint) == 0) {
                return finding;
            }
        }
    }
    return NULL;
}

static void write_new(FILE *out, const struct trial *trial, const struct report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < report->process_count; i++) {
        const struct report_process *process = &report->processes[i];
        for (size_t j = 0; j < process->analysis.finding_count; j++) {
            const struct finding *finding = &process->analysis.findings[j];
            const char *fingerprint = fingerprint_of_finding(report, process, finding);
            if (find_equal(&trial->input.report, fingerprint) == NULL) {
                fprintf(out, "   new: finding %zu below\n", finding->id);
                count++;
            }
        }
    }
    if (count == 0) {
        fputs("   nothing new was found\n", out);
    }
}

/* What was done is noted by the report itself. */
static void write_if_nothing(FILE *out, const struct report *report)
{
    uint64_t locks = 0;
    for (size_t i = 0; i < report->process_count; i++) {
        const struct execution *execution = &report->processes[i].execution;
        for (size_t j = 0; j < execution->fix_count; j++) {
            locks += execution->fixes_applied[j].locks;
        }
    }
    if (locks == 0) {
        fputs("   it was not applied: the program used none of its locks, or is built anew\n", out);
    }
}

static const char *seconds(struct arena *arena, uint64_t duration_ms)
{
    return arena_printf(arena, "%.3f s", (double)duration_ms / 1000);
}

static const struct execution *first_of(const struct report *report, size_t process)
{
    return recorded_first(report, &report->processes[process].execution);
}

static void write_durations(FILE *out, const struct trial *trial, const struct report *report)
{
    struct arena *arena = report->arena;
    const struct execution *before = first_of(&trial->input.report, trial->input.process);
    uint64_t before_ms = recorded_duration_ms(before);
    uint64_t after_ms = report->process_count != 0 ? recorded_duration_ms(first_of(report, 0)) : 0;
    if (before_ms != 0 && after_ms != 0) {
        fprintf(out, "   the run took %s, the recorded one %s%s\n", seconds(arena, after_ms),
                seconds(arena, before_ms),
                before->deadlock_count != 0 ? ", where it deadlocked" : "");
    }
}

static void write_outcome(FILE *out, const struct trial *trial, const struct report *report)
{
    const struct report *before = &trial->input.report;
    const char *fingerprint = fingerprint_of_finding(
        before, &before->processes[trial->input.process], trial->input.finding);
    const struct finding *still = find_equal(report, fingerprint);
    write_if_nothing(out, report);
    if (still != NULL) {
        fprintf(out, "   the finding is still there: %zu below\n", still->id);
    } else {
        fputs("   the finding is gone\n", out);
    }
    write_new(out, trial, report);
    write_durations(out, trial, report);
    fputc('\n', out);
}

static void write_trial(FILE *out, const struct report_format *format, bool color,
                        const void *context)
{
    const struct run_told *told = context;
    const struct trial *trial = told->job->context;
    if (format->id == REPORT_FORMAT_TEXT) {
        struct report report = *told->report;
        report.options.color = color;
        const struct text text = {out, report.arena, &report};
        text_heading(&text, "unknot: tried fix %lu of finding %s: %s", trial->name.number,
                     trial->name.id, fix_kind_title(trial->fix->change.kind));
        write_outcome(out, trial, told->report);
    }
    recordings_write(out, format, color, told->report);
}

static int run_trial(struct trial *trial, const struct options *options, char **arguments)
{
    if (!report_settings_init(&trial->settings, &trial->arena, trial->command, options) ||
        !report_settings_map_paths(&trial->settings, &trial->arena, trial->command, options) ||
        !parse_name(trial, options->values[OPTION_TRY_FIX]) ||
        !finding_input_read(&trial->input, &trial->arena, trial->command, &trial->settings,
                            trial->name.file, trial->name.id) ||
        !find_fix(trial)) {
        return STATUS_SETUP;
    }
    if (!trial->fix->verdict.verified) {
        message(trial->command, "fix %lu of finding %s was rejected (%s); tried all the same",
                trial->name.number, trial->name.id,
                fix_rejection_text(trial->fix->verdict.rejection));
    }
    const struct run_job job = {
        .command = trial->command,
        .options = options,
        .arguments = arguments,
        .data = DATA_DEFAULT,
        .plan = &trial->plan,
        .write = write_trial,
        .context = trial,
    };
    return run_program(&job);
}

static int try_fix(const char *command, const struct options *options, char **arguments)
{
    struct trial trial = {.command = command};
    arena_init(&trial.arena, ARENA_BYTES_MAX);
    int status = run_trial(&trial, options, arguments);
    finding_input_destroy(&trial.input);
    arena_destroy(&trial.arena);
    return status;
}

static int heal(const char *command, const struct options *options, char **arguments)
{
    const char *path = options->values[OPTION_HEAL];
    char *real = realpath(path, NULL);
    if (real == NULL || !plan_file_is_one(real)) {
        message(command, "--heal=%s: %s", path,
                real == NULL ? strerror(errno) : "it is no plan ('unknot heal' writes them)");
        free(real);
        return STATUS_SETUP;
    }
    const struct run_job job = {
        .command = command, .options = options, .arguments = arguments, .plan_file = real};
    int status = run_program(&job);
    free(real);
    return status;
}

int run_with_fixes(const char *command, const struct options *options, char **arguments)
{
    const struct run_job job = {.command = command, .options = options, .arguments = arguments};
    if (options_has(options, OPTION_HEAL) && options_has(options, OPTION_TRY_FIX)) {
        message(command, "--heal and --try-fix both say which fixes to apply: give one of them");
        return STATUS_SETUP;
    }
    return options_has(options, OPTION_HEAL)      ? heal(command, options, arguments)
           : options_has(options, OPTION_TRY_FIX) ? try_fix(command, options, arguments)
                                                  : run_program(&job);
}
