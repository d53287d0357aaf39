#include "analyzer/command/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/command/data_directory.h"
#include "analyzer/command/message.h"
#include "analyzer/command/misuse_rules.h"
#include "analyzer/command/recordings.h"
#include "analyzer/command/steered_run.h"
#include "analyzer/command/try_fix.h"
#include "analyzer/command/watched.h"

#define STATUS_SETUP       125
#define STATUS_NOT_STARTED 126
#define STATUS_CI          66
#define STATUS_DEADLOCK    66
#define TIMEOUT_MAX_S      (UINT32_MAX)
#define ARENA_BYTES_MAX    ((size_t)4 << 30)

struct run {
    const struct run_job *job;
    const char *command;
    const struct options *options;
    struct arena arena;
    struct report_settings settings;
    unsigned long timeout_s;
    unsigned long error_status; /* 0: findings do not change the exit status */
    enum confidence fail_on;
    struct watched watched;
    struct launch launch;
    struct outputs outputs;
};

static bool find_confidence(const char *word, enum confidence *confidence)
{
    static const enum confidence all[] = {
#define CONFIDENCE(NAME, word, text) CONFIDENCE_##NAME,
#include "analyzer/model/finding.def"
#undef CONFIDENCE
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(confidence_word(all[i]), word) == 0) {
            *confidence = all[i];
            return true;
        }
    }
    return false;
}

static bool parse_on_deadlock(struct run *run, const char *word)
{
    static const struct {
        const char *word, *library;
    } choices[] = {{"exit", "exit"}, {"continue", "report"}, {"abort", "abort"}};
    run->launch.deadlock_status =
        run->error_status != 0 ? (unsigned)run->error_status : STATUS_DEADLOCK;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (strcmp(word != NULL ? word : choices[0].word, choices[i].word) == 0) {
            run->launch.on_deadlock = choices[i].library;
            return true;
        }
    }
    message(run->command, "--on-deadlock=%s: expected exit, continue or abort", word);
    return false;
}

static bool parse_perturb(struct run *run, const char *seed)
{
    unsigned long number;
    if (seed != NULL && (!parse_number(seed, UINT32_MAX, &number) || number == 0)) {
        message(run->command, "--perturb=%s: expected a number from 1 to %u", seed, UINT32_MAX);
        return false;
    }
    run->launch.perturb = seed;
    return true;
}

static bool parse_options(struct run *run)
{
    const struct options *options = run->options;
    const char *timeout = options->values[OPTION_TIMEOUT];
    const char *exit_code = options->values[OPTION_ERROR_EXITCODE];
    const char *fail_on = options->values[OPTION_FAIL_ON];
    run->error_status = options_has(options, OPTION_CI) ? STATUS_CI : 0;
    run->fail_on = CONFIDENCE_POSSIBLE;
    if (timeout != NULL &&
        (!parse_number(timeout, TIMEOUT_MAX_S, &run->timeout_s) || run->timeout_s == 0)) {
        message(run->command, "--timeout=%s: expected whole seconds from 1", timeout);
        return false;
    }
    if (exit_code != NULL &&
        (!parse_number(exit_code, 255, &run->error_status) || run->error_status == 0)) {
        message(run->command, "--error-exitcode=%s: expected 1 to 255", exit_code);
        return false;
    }
    if (fail_on != NULL && !find_confidence(fail_on, &run->fail_on)) {
        message(run->command, "--fail-on=%s: no such confidence (try possible)", fail_on);
        return false;
    }
    if (!parse_on_deadlock(run, options->values[OPTION_ON_DEADLOCK])) {
        return false;
    }
    if (!misuse_rules_check(run->command, options->values[OPTION_MISUSE])) {
        return false;
    }
    if (!parse_perturb(run, options->values[OPTION_PERTURB])) {
        return false;
    }
    run->launch.misuse = options->values[OPTION_MISUSE];
    run->launch.end_suspected = run->job->deadlocks_only ? "1" : NULL;
    run->launch.times = options_has(options, OPTION_TIMES) ? "1" : NULL;
    if (options->values[OPTION_NO_EVENTS] != NULL || run->job->deadlocks_only)
        run->launch.events = "0";
    else if (options->values[OPTION_EVENTS] != NULL)
        run->launch.events = "1";
    return report_settings_init(&run->settings, &run->arena, run->command, options) &&
           report_outputs_init(&run->outputs, &run->arena, run->command, options);
}

static bool prepare_plan(struct run *run)
{
    const struct run_job *job = run->job;
    run->launch.plan = job->plan_file;
    if (job->plan == NULL) {
        return true;
    }
    run->launch.plan =
        arena_printf(&run->arena, "%s/run" DATA_DIRECTORY_PLAN, run->launch.data_directory);
    return steered_plan_write(run->command, run->launch.plan, job->plan, &job->manner);
}

/* Everything that can fail before the program starts. */
static int prepare(struct run *run)
{
    const struct run_job *job = run->job;
    const char *given = run->options->values[OPTION_DATA];
    const char *data = given != NULL ? given : job->data;
    int status = watched_find(&run->arena, run->command, run->options,
                              job->program != NULL ? job->program : job->arguments[0],
                              &run->watched, &run->launch);
    if (status != 0) {
        return status;
    }
    if (!outputs_open(&run->outputs, run->options, STDERR_FILENO)) {
        outputs_close(&run->outputs);
        return STATUS_SETUP;
    }
    run->settings.report.path = data != NULL ? data : DATA_DIRECTORY_DEFAULT;
    run->settings.report.just_recorded = true;
    if (run->launch.library != NULL) {
        run->launch.data_directory =
            data_directory_create(&run->arena, run->command, run->settings.report.path);
        if (run->launch.data_directory == NULL || !prepare_plan(run)) {
            return STATUS_SETUP;
        }
    }
    run->launch.arguments = job->arguments;
    run->launch.directory = job->directory;
    run->launch.timeout_ms = (uint64_t)run->timeout_s * 1000;
    return 0;
}

static int unwatched_status(const struct run *run, int status)
{
    if (options_has(run->options, OPTION_ALLOW_UNWATCHED)) {
        return status;
    }
    message(run->command,
            "%s was not watched: it ran, but the library was not loaded or could not write "
            "to %s; its exit status was %d",
            run->watched.program.path, run->launch.data_directory, status);
    return status == 0 ? STATUS_SETUP : status;
}

static bool write_report(struct run *run, const struct report *report,
                         const struct launch_result *result)
{
    const struct run_job *job = run->job;
    const struct run_told told = {job, report, result, run->settings.report.path};
    bool quiet = report_finding_count(report) == 0 && options_has(run->options, OPTION_QUIET);
    return outputs_write(&run->outputs, quiet ? OUTPUTS_FILES_ONLY : OUTPUTS_ALL,
                         job->write != NULL ? job->write : recordings_write,
                         job->write != NULL ? (const void *)&told : report);
}

static int report_run(struct run *run, const struct launch_result *result)
{
    struct report report;
    int status = result->status;
    struct recordings recordings = {
        .arena = &run->arena, .command = run->command, .deadlocks_only = run->job->deadlocks_only};
    recordings_add(&recordings, run->launch.data_directory);
    recordings_report(&recordings, &run->settings, &report);
    if (run->error_status != 0 && report_finding_count_above(&report, run->fail_on) != 0) {
        status = (int)run->error_status;
    }
    report.options.exit_status = status;
    bool written = write_report(run, &report, result);
    report_destroy(&report);
    return written ? status : STATUS_SETUP;
}

static int run_and_report(struct run *run)
{
    struct launch_result result;
    int status = prepare(run);
    if (status != 0) {
        return status;
    }
    if (!launch_and_wait(&run->arena, &run->launch, &result)) {
        message(run->command, "cannot start a process: %s", strerror(errno));
        return STATUS_SETUP;
    }
    if (result.exec_error != 0) {
        message(run->command, "cannot run %s: %s", run->watched.program.path,
                strerror(result.exec_error));
        return STATUS_NOT_STARTED;
    }
    if (result.timed_out) {
        message(run->command, "%s was ended after %lu seconds (--timeout)",
                run->watched.program.path, run->timeout_s);
    }
    if (run->launch.library == NULL) {
        return result.status;
    }
    if (!data_directory_has_recordings(run->launch.data_directory)) {
        return unwatched_status(run, result.status);
    }
    return report_run(run, &result);
}

int run_program(const struct run_job *job)
{
    const struct options *options = job->options;
    struct run run = {.job = job, .command = job->command, .options = options};
    if (misuse_rules_wanted(options->values[OPTION_MISUSE])) {
        misuse_rules_print(stdout);
        return 0;
    }
    arena_init(&run.arena, ARENA_BYTES_MAX);
    int status = STATUS_SETUP;
    if (parse_options(&run) &&
        report_settings_load(&run.settings, &run.arena, job->command, options)) {
        status = run_and_report(&run);
    }
    arena_destroy(&run.arena);
    return status;
}

int command_run(const struct options *options)
{
    if (options->argument_count == 0) {
        message("run", "no program given: unknot run PROGRAM [ARGUMENTS...]");
        return STATUS_SETUP;
    }
    return run_with_fixes("run", options, options->arguments);
}
