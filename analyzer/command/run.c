#include "analyzer/command/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/command/data_directory.h"
#include "analyzer/command/installation.h"
#include "analyzer/command/launch.h"
#include "analyzer/command/message.h"
#include "analyzer/command/misuse_rules.h"
#include "analyzer/command/recordings.h"
#include "analyzer/command/watchable.h"

#define STATUS_SETUP       125
#define STATUS_NOT_STARTED 126
#define STATUS_CI          66
#define STATUS_DEADLOCK    66
#define TIMEOUT_MAX_S      (UINT32_MAX)
#define ARENA_BYTES_MAX    ((size_t)4 << 30)

struct run {
    const char *command;
    const struct options *options;
    struct arena arena;
    struct report_settings settings;
    unsigned long timeout_s;
    unsigned long error_status; /* 0: findings do not change the exit status */
    enum confidence fail_on;
    struct program program;
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
    run->launch.misuse = options->values[OPTION_MISUSE];
    if (options->values[OPTION_NO_EVENTS] != NULL)
        run->launch.events = "0";
    else if (options->values[OPTION_EVENTS] != NULL)
        run->launch.events = "1";
    return report_settings_init(&run->settings, &run->arena, run->command, options) &&
           report_outputs_init(&run->outputs, &run->arena, run->command, options);
}

/* Returns 0, or the exit status after one line on stderr. */
static int check_program(struct run *run, const char *name)
{
    const char *error;
    struct elf_facts facts;
    int status = program_find(&run->arena, name, &run->program, &error);
    if (status != 0) {
        message(run->command, "%s", error);
        return status;
    }
    bool allowed = options_has(run->options, OPTION_ALLOW_UNWATCHED);
    struct watchable watchable = watchable_check(&run->arena, &run->program, &facts);
    if (watchable.problem != NULL) {
        message(run->command, "%s cannot be watched: %s%s", name, watchable.problem,
                allowed ? "" : " (--allow-unwatched starts it all the same)");
    }
    if (watchable.problem != NULL && !allowed) {
        return STATUS_SETUP;
    }
    run->launch.path = run->program.path;
    if (watchable.problem != NULL && !watchable.preload_is_harmless) {
        return 0;
    }
    run->launch.library =
        installation_library(&run->arena, run->command, run->options->values[OPTION_LIBRARY]);
    return run->launch.library != NULL ? 0 : STATUS_SETUP;
}

/* Everything that can fail before the program starts. */
static int prepare(struct run *run, char **arguments)
{
    const char *data = run->options->values[OPTION_DATA];
    int status = check_program(run, arguments[0]);
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
        if (run->launch.data_directory == NULL) {
            return STATUS_SETUP;
        }
    }
    run->launch.arguments = arguments;
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
            run->program.path, run->launch.data_directory, status);
    return status == 0 ? STATUS_SETUP : status;
}

static int report_run(struct run *run, int status)
{
    struct report report;
    struct recordings recordings = {.arena = &run->arena, .command = run->command};
    recordings_add(&recordings, run->launch.data_directory);
    recordings_report(&recordings, &run->settings, &report);
    if (run->error_status != 0 && report_finding_count_above(&report, run->fail_on) != 0) {
        status = (int)run->error_status;
    }
    report.options.exit_status = status;
    bool quiet = report_finding_count(&report) == 0 && options_has(run->options, OPTION_QUIET);
    bool written = outputs_write(&run->outputs, quiet ? OUTPUTS_FILES_ONLY : OUTPUTS_ALL,
                                 recordings_write, &report);
    report_destroy(&report);
    return written ? status : STATUS_SETUP;
}

static int run_and_report(struct run *run, char **arguments)
{
    struct launch_result result;
    int status = prepare(run, arguments);
    if (status != 0) {
        return status;
    }
    if (!launch_and_wait(&run->arena, &run->launch, &result)) {
        message(run->command, "cannot start a process: %s", strerror(errno));
        return STATUS_SETUP;
    }
    if (result.exec_error != 0) {
        message(run->command, "cannot run %s: %s", run->program.path, strerror(result.exec_error));
        return STATUS_NOT_STARTED;
    }
    if (result.timed_out) {
        message(run->command, "%s was ended after %lu seconds (--timeout)", run->program.path,
                run->timeout_s);
    }
    if (run->launch.library == NULL) {
        return result.status;
    }
    if (!data_directory_has_recordings(run->launch.data_directory)) {
        return unwatched_status(run, result.status);
    }
    return report_run(run, result.status);
}

int run_program(const char *command, const struct options *options, char **arguments)
{
    struct run run = {.command = command, .options = options};
    if (misuse_rules_wanted(options->values[OPTION_MISUSE])) {
        misuse_rules_print(stdout);
        return 0;
    }
    arena_init(&run.arena, ARENA_BYTES_MAX);
    int status = STATUS_SETUP;
    if (parse_options(&run) && report_settings_load(&run.settings, &run.arena, command, options)) {
        status = run_and_report(&run, arguments);
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
    return run_program("run", options, options->arguments);
}
