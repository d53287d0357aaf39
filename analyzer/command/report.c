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
                        struct report_settings *settings, struct output *output)
{
    struct report report;
    struct recordings recordings = {.arena = arena, .command = "report"};
    for (int i = 0; i < options->argument_count; i++) {
        recordings_add(&recordings, options->arguments[i]);
    }
    settings->report.path = options->argument_count == 1 ? options->arguments[0] : NULL;
    recordings_report(&recordings, settings, &report);
    report.options.color = output_has_color(output, settings->color);
    bool written = output_write(output, "report", settings->format, &report);
    size_t findings = report_finding_count(&report);
    report_destroy(&report);
    if (!written) {
        return STATUS_FAILED;
    }
    return findings != 0 ? STATUS_FINDINGS : report.failure_count != 0 ? STATUS_FAILED : 0;
}

int command_report(const struct options *options)
{
    struct arena arena;
    struct output output;
    struct report_settings settings;
    if (options->argument_count == 0) {
        message("report", "no recording given: unknot report FILE|DIRECTORY...");
        return STATUS_FAILED;
    }
    if (!report_settings_init(&settings, "report", options) ||
        !output_open(&output, "report", options->values[OPTION_OUTPUT], STDOUT_FILENO)) {
        return STATUS_FAILED;
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    int status = STATUS_FAILED;
    if (options_has(options, OPTION_EXPORT)) {
        status = export_trace(&arena, options, settings.is_std, &output);
    } else if (hiding_load(&arena, "report", options, &settings.hiding)) {
        status = write_report(&arena, options, &settings, &output);
    } else {
        output_close(&output);
    }
    arena_destroy(&arena);
    return status;
}
