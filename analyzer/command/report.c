#include <string.h>
#include <unistd.h>
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"
#include "analyzer/command/recordings.h"
#include "analyzer/command/std_input.h"

#define STATUS_FINDINGS 1
#define STATUS_FAILED   2
#define ARENA_BYTES_MAX ((size_t)16 << 30)

/* `--export`: the trace in another format. */
static int export_trace(struct arena *arena, const struct options *options, bool is_std,
                        struct output *output)
{
    const char *format = options->values[OPTION_EXPORT];
    if (strcmp(format, "std") != 0 || options->argument_count != 1) {
        message("report", "--export=%s: it takes std, and one file", format);
        output_close(output);
        return STATUS_FAILED;
    }
    return std_input_export(arena, options->arguments[0], is_std, output);
}

static int write_report(struct arena *arena, const struct options *options,
                        struct report_settings *settings, struct outputs *outputs)
{
    struct report report;
    struct recordings recordings = {.arena = arena, .command = "report"};
    for (int i = 0; i < options->argument_count; i++) {
        recordings_add(&recordings, options->arguments[i]);
    }
    settings->report.path = options->argument_count == 1 ? options->arguments[0] : NULL;
    recordings_report(&recordings, settings, &report);
    report.options.exit_status = report_finding_count(&report) != 0 ? STATUS_FINDINGS
                                 : report.failure_count != 0        ? STATUS_FAILED
                                                                    : 0;
    bool written = outputs_write(outputs, OUTPUTS_ALL, recordings_write, &report);
    report_destroy(&report);
    return written ? report.options.exit_status : STATUS_FAILED;
}

/* What cannot be opened is told, and what can is written all the same. */
static int report_or_export(struct arena *arena, const struct options *options)
{
    struct output output;
    struct outputs outputs;
    struct report_settings settings;
    if (!report_settings_init(&settings, arena, "report", options) ||
        !report_outputs_init(&outputs, arena, "report", options)) {
        return STATUS_FAILED;
    }
    if (options_has(options, OPTION_EXPORT)) {
        return output_open(&output, "report", options->values[OPTION_OUTPUT], STDOUT_FILENO)
                   ? export_trace(arena, options, settings.is_std, &output)
                   : STATUS_FAILED;
    }
    if (!report_settings_load(&settings, arena, "report", options)) {
        return STATUS_FAILED;
    }
    bool opened = outputs_open(&outputs, options, STDOUT_FILENO);
    int status = write_report(arena, options, &settings, &outputs);
    return opened ? status : STATUS_FAILED;
}

int command_report(const struct options *options)
{
    struct arena arena;
    if (options->argument_count == 0) {
        message("report", "no recording given: unknot report FILE|DIRECTORY...");
        return STATUS_FAILED;
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    int status = report_or_export(&arena, options);
    arena_destroy(&arena);
    return status;
}
