#include <string.h>
#include "analyzer/command/emit_test.h"
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"
#include "analyzer/command/plan_input.h"
#include "analyzer/command/run.h"
#include "analyzer/command/steered_run.h"
#include "analyzer/command/steered_tally.h"
#include "analyzer/report/escape.h"
#include "analyzer/report/text.h"

#define STATUS_SETUP    125
#define DATA_DEFAULT    "unknot.reproduce"
#define PAUSE_MS        5000
#define ARENA_BYTES_MAX ((size_t)16 << 30)

static void write_story(const struct text *text, const struct plan_input *input)
{
    const struct report *report = text->report;
    const struct finding *same = steered_find_same(&input->plan, report);
    size_t count = report_finding_count(report);
    text_heading(text, "unknot: the program %s %s",
                 same != NULL ? "deadlocked as it was to, by"
                 : count != 0 ? "deadlocked, but not as it was to, by"
                              : "did not deadlock, steered by",
                 escape_terminal(report->arena, input->name));
    for (size_t i = 0; i < report->process_count && count != 0; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        for (size_t j = 0; j < analysis->finding_count; j++) {
            fputc('\n', text->out);
            text_finding(text, analysis->findings[j].id, &analysis->findings[j]);
        }
    }
    if (same == NULL) {
        struct steered_tally tally = {0};
        steered_tally_add(&tally, report);
        steered_tally_write(text->out, &input->plan, &tally);
    }
}

static void write_reproduced(FILE *out, const struct report_format *format, bool color,
                             const void *context)
{
    const struct run_told *told = context;
    if (format->id != REPORT_FORMAT_TEXT) {
        recordings_write(out, format, color, told->report);
        return;
    }
    struct report report = *told->report;
    report.options.color = color;
    const struct text text = {out, report.arena, &report};
    write_story(&text, told->job->context);
}

static bool parse_pause(const struct plan_input *input, unsigned long *pause_ms)
{
    const char *text = input->options->values[OPTION_PAUSE];
    *pause_ms = PAUSE_MS;
    if (text != NULL && input->plan_file != NULL) {
        message("reproduce",
                "--pause=%s: the plan says itself for how long: change its line "
                "'pause'",
                text);
        return false;
    }
    if (text != NULL && (!parse_number(text, PLAN_PAUSE_MAX_MS, pause_ms) || *pause_ms == 0)) {
        message("reproduce", "--pause=%s: expected a number from 1 to %u", text, PLAN_PAUSE_MAX_MS);
        return false;
    }
    return true;
}

static int reproduce(struct plan_input *input)
{
    const char *test = input->options->values[OPTION_EMIT_TEST];
    unsigned long pause_ms;
    if (!plan_input_find_program(input) || !parse_pause(input, &pause_ms)) {
        return STATUS_SETUP;
    }
    const struct plan_manner manner = {.is_ranked = plan_input_has_schedule(input),
                                       .pause_ms = (unsigned)pause_ms};
    if (test != NULL) {
        return emit_test(input, &manner, test) ? 0 : STATUS_SETUP;
    }
    plan_input_tell_changes(input);
    const struct run_job job = {
        .command = "reproduce",
        .options = input->options,
        .arguments = input->program.arguments,
        .program = input->program.program,
        .directory = input->program.directory,
        .data = DATA_DEFAULT,
        .plan_file = input->plan_file,
        .plan = input->plan_file == NULL ? &input->plan : NULL,
        .manner = manner,
        .deadlocks_only = true,
        .write = write_reproduced,
        .context = input,
    };
    return run_program(&job);
}

int command_reproduce(const struct options *options)
{
    struct arena arena;
    struct plan_input input = {.has_finding = false};
    struct report_settings settings;
    int status = STATUS_SETUP;
    if (options->own_count != 1 && options->own_count != 2) {
        message("reproduce", "tell what to reproduce: unknot reproduce FILE ID, or PLAN, CORE or "
                             "PID -- PROGRAM ARGUMENTS...");
        return status;
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    if (report_settings_init(&settings, &arena, "reproduce", options) &&
        report_settings_map_paths(&settings, &arena, "reproduce", options) &&
        report_settings_read_order(&settings, &arena, "reproduce", options) &&
        plan_input_read(&input, &arena, "reproduce", options, &settings)) {
        status = reproduce(&input);
    }
    plan_input_destroy(&input);
    arena_destroy(&arena);
    return status;
}
