#include "analyzer/command/plan_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/command/message.h"
#include "analyzer/plan/plan_hang.h"
#include "analyzer/plan/plan_read.h"
#include "analyzer/report/escape.h"

#define LOOK_AGAIN_NS 50000000u
#define TIMEOUT_MS    20000u
#define RECORDED_TIMES_MOST                                                                        \
    10u                 /* a steered run may take so many times as long as the recorded one */
#define PAUSES_MOST 10u /* and this many pauses longer */

static bool fail(const struct plan_input *input, const char *error)
{
    message(input->command, "%s: %s", input->options->arguments[0], error);
    return false;
}

bool plan_input_read_finding(struct plan_input *input, struct arena *arena, const char *command,
                             const struct options *options, const struct report_settings *settings)
{
    char **words = options->arguments;
    const char *error;
    *input = (struct plan_input){.command = command, .options = options, .arena = arena};
    input->has_finding = true;
    if (!finding_input_read(&input->finding, arena, command, settings, words[0], words[1])) {
        return false;
    }
    const struct report *report = &input->finding.report;
    plan_init(&input->plan, arena, report->symbolizer);
    input->name = arena_printf(arena, "finding %s", words[1]);
    input->plan.origin = arena_printf(arena, "%s, finding %s", words[0], words[1]);
    if (!plan_add_finding(&input->plan, report, input->finding.finding, &error)) {
        message(command, "finding %s: %s", words[1], error);
        return false;
    }
    return true;
}

static const struct hang *first_hang(const struct diagnosis *diagnosis)
{
    for (size_t i = 0; i < diagnosis->hang_count; i++) {
        if (diagnosis->hangs[i].sort != HANG_EVERYONE) {
            return &diagnosis->hangs[i];
        }
    }
    return diagnosis->hang_count != 0 ? &diagnosis->hangs[0] : NULL;
}

static bool read_target(struct plan_input *input, const char *name)
{
    struct target target;
    struct subject subject;
    struct diagnosis diagnosis;
    const char *error = NULL;
    if (!target_open(input->arena, name, &target, &error)) {
        message(input->command, "%s", error);
        return false;
    }
    subject_init(&subject, &target);
    plan_init(&input->plan, input->arena, subject.symbolizer);
    const struct hang *hang =
        diagnosis_make(&subject, LOOK_AGAIN_NS, &diagnosis) ? first_hang(&diagnosis) : NULL;
    if (hang == NULL) {
        error = "nothing hangs in it";
    } else if (!plan_add_hang(&input->plan, &subject, hang)) {
        error = "the stacks of the threads that hang in it cannot be read";
    }
    input->plan.origin =
        arena_printf(input->arena, "%s %s", target.is_core ? "core" : "process", name);
    input->name = input->plan.origin;
    subject_destroy(&subject);
    target_close(&target);
    return error == NULL || fail(input, error);
}

static bool read_plan(struct plan_input *input, const char *path)
{
    const char *error;
    char *real = realpath(path, NULL);
    if (real == NULL) {
        return fail(input, strerror(errno));
    }
    input->plan_file = arena_strdup(input->arena, real);
    free(real);
    plan_init(&input->plan, input->arena, NULL);
    input->name = arena_printf(input->arena, "plan %s", path);
    return plan_read(&input->plan, path, &error) || fail(input, error);
}

bool plan_input_read(struct plan_input *input, struct arena *arena, const char *command,
                     const struct options *options, const struct report_settings *settings)
{
    const char *name = options->arguments[0];
    if (options->own_count == 2) {
        return plan_input_read_finding(input, arena, command, options, settings);
    }
    *input = (struct plan_input){.command = command, .options = options, .arena = arena};
    return plan_file_is_one(name) ? read_plan(input, name) : read_target(input, name);
}

bool plan_input_find_program(struct plan_input *input)
{
    const struct options *options = input->options;
    struct recorded_command *program = &input->program;
    if (options->argument_count > options->own_count) {
        program->arguments = options->arguments + options->own_count;
        program->program = program->arguments[0];
        return true;
    }
    if (!input->has_finding) {
        message(input->command, "give the program to run, behind a '--'");
        return false;
    }
    const struct report *report = &input->finding.report;
    return recorded_command_get(
        input->arena, input->command,
        recorded_first(report, &report->processes[input->finding.process].execution), program);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

void plan_input_tell_changes(const struct plan_input *input)
{
    struct program program;
    struct elf_facts facts;
    const char *error;
    if (program_find(input->arena, input->program.program, &program, &error) != 0 ||
        !elf_facts_read(input->arena, program.image, &facts)) {
        return; /* who starts it will tell */
    }
    const char *image = base_name(program.image);
    const char *own = plan_build_id(input->arena, facts.build_id, facts.build_id_bytes);
    for (size_t i = 0; i < input->plan.modules.count; i++) {
        const struct plan_module *module = &input->plan.modules.items[i];
        if (strcmp(module->name, image) == 0 && strcmp(module->build_id, own) != 0) {
            message(input->command,
                    "%s was built anew since then: places are found by function, not by address",
                    image);
        }
    }
}

int plan_input_watch(struct plan_input *input)
{
    int status = watched_find(input->arena, input->command, input->options, input->program.program,
                              &input->watched, &input->launch);
    if (status != 0) {
        return status;
    }
    plan_input_tell_changes(input);
    input->launch.arguments = input->program.arguments;
    input->launch.directory = input->program.directory;
    return 0;
}

uint64_t plan_input_timeout_ms(const struct plan_input *input, unsigned long pause_ms)
{
    uint64_t recorded = 0;
    if (input->has_finding) {
        recorded = recorded_duration_ms(
            &input->finding.report.processes[input->finding.process].execution);
    }
    return TIMEOUT_MS + RECORDED_TIMES_MOST * recorded + PAUSES_MOST * (uint64_t)pause_ms;
}

const char *plan_input_program_text(const struct plan_input *input)
{
    const char *text = escape_shell(input->arena, input->program.program);
    for (char **next = input->program.arguments + 1; *next != NULL; next++) {
        text = arena_printf(input->arena, "%s %s", text, escape_shell(input->arena, *next));
    }
    return text;
}

bool plan_input_has_schedule(const struct plan_input *input)
{
    return input->has_finding && input->finding.finding->witness != NULL;
}

void plan_input_destroy(struct plan_input *input)
{
    if (input->has_finding) {
        finding_input_destroy(&input->finding);
    }
}
