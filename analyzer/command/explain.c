#include <string.h>
#include <unistd.h>
#include "analyzer/command/finding_input.h"
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"
#include "analyzer/report/fingerprint.h"
#include "analyzer/report/text.h"
#include "analyzer/schedule/cycle_verdict.h"

#define STATUS_FAILED   2
#define ARENA_BYTES_MAX ((size_t)16 << 30)

/* A finding and the process it is of. */
struct explained {
    struct report *report;
    struct recordings *recordings;
    size_t number, process;
    const struct finding *finding;
};

static void print_schedule(const struct text *text, const struct explained *explained)
{
    const struct finding *finding = explained->finding;
    const struct witness_event *events;
    size_t count = cycle_verdicts_whole(explained->recordings->verdicts[explained->process],
                                        finding->witness, &events);
    fputs("   The whole schedule:\n", text->out);
    text_schedule(text, finding->execution, events, count);
}

/* And what it is made of: else nobody could tell why it changed. */
static void print_fingerprint(const struct text *text, const struct explained *explained)
{
    const struct report_process *process = &explained->report->processes[explained->process];
    const struct finding *finding = explained->finding;
    fprintf(text->out, "   Its fingerprint is %s, of:\n",
            fingerprint_of_finding(text->report, process, finding));
    for (const char *line = fingerprint_text(text->report, process, finding); *line != '\0';) {
        size_t bytes = strcspn(line, "\n");
        const char *one = arena_printf(text->arena, "%.*s", (int)bytes, line);
        fprintf(text->out, "     %s\n", text_safe(text, one));
        line += bytes + (line[bytes] == '\n');
    }
}

static void print(FILE *out, const void *context)
{
    const struct explained *explained = context;
    struct text text = {out, explained->report->arena, explained->report};
    const struct finding *finding = explained->finding;
    text_finding(&text, explained->number, finding);
    if (finding->witness != NULL) {
        print_schedule(&text, explained);
    } else if (finding->kind == FINDING_LOCK_ORDER_CYCLE) {
        text_doubt_in_full(&text, finding);
    }
    print_fingerprint(&text, explained);
}

static int explain(struct arena *arena, const struct options *options,
                   struct report_settings *settings, size_t number, struct output *output)
{
    struct report report;
    struct recordings recordings = {.arena = arena, .command = "explain"};
    struct explained explained = {.report = &report, .recordings = &recordings, .number = number};
    int status = STATUS_FAILED;
    if (!report_settings_read_order(settings, arena, "explain", options)) {
        output_close(output);
        return status;
    }
    recordings_add(&recordings, options->arguments[0]);
    settings->report.all_stacks = true;
    recordings_report(&recordings, settings, &report);
    report.options.color = output_has_color(output, options->values[OPTION_COLOR]);
    explained.finding = report_find_finding(&report, number, &explained.process);
    if (explained.finding != NULL) {
        status = output_write_by(output, "explain", print, &explained) ? 0 : STATUS_FAILED;
    } else {
        if (report.failure_count == 0) {
            message("explain", "there is no finding %zu: %s has %zu", number, options->arguments[0],
                    report_finding_count(&report));
        }
        output_close(output);
    }
    report_destroy(&report);
    return status;
}

int command_explain(const struct options *options)
{
    struct arena arena;
    struct output output;
    struct report_settings settings;
    unsigned long number;
    if (options->argument_count != 2 || !parse_number(options->arguments[1], UINT32_MAX, &number) ||
        number == 0) {
        message("explain", "tell the file and the number of a finding in its report: "
                           "unknot explain FILE ID");
        return STATUS_FAILED;
    }
    int status = STATUS_FAILED;
    arena_init(&arena, ARENA_BYTES_MAX);
    if (report_settings_init(&settings, &arena, "explain", options) &&
        report_settings_map_paths(&settings, &arena, "explain", options) &&
        output_open(&output, "explain", options->values[OPTION_OUTPUT], STDOUT_FILENO)) {
        status = explain(&arena, options, &settings, number, &output);
    }
    arena_destroy(&arena);
    return status;
}
