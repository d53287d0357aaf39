#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"
#include "analyzer/command/recordings.h"
#include "analyzer/diagnose/hang_report.h"

#define STATUS_HANGS      1
#define STATUS_FAILED     2
#define ARENA_BYTES_MAX   ((size_t)4 << 30)
#define INTERVAL_MS       50
#define INTERVAL_MAX_S    86400.0
#define NANOSECONDS_PER_S 1e9

struct diagnose {
    struct report_settings settings;
    struct hang_report report;
    bool is_json;
};

static bool parse_interval(const char *value, uint64_t *interval_ns)
{
    char *end;
    *interval_ns = INTERVAL_MS * 1000000u;
    if (value == NULL) {
        return true;
    }
    double seconds = strtod(value, &end);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || seconds > INTERVAL_MAX_S) {
        message("diagnose", "--snapshot=%s: expected seconds, like 1 or 0.5", value);
        return false;
    }
    *interval_ns = (uint64_t)(seconds * NANOSECONDS_PER_S);
    return true;
}

static void write_report(FILE *out, const void *what)
{
    const struct diagnose *diagnose = what;
    if (diagnose->is_json) {
        hang_json_write(out, &diagnose->report);
    } else {
        hang_text_write(out, &diagnose->report);
    }
}

static int tell(struct diagnose *diagnose, const struct diagnosis *diagnosis, struct output *output)
{
    diagnose->report = (struct hang_report){
        .diagnosis = diagnosis,
        .color = output_has_color(output, diagnose->settings.color),
        .all_stacks = diagnose->settings.report.all_stacks,
    };
    if (!output_write_by(output, "diagnose", write_report, diagnose)) {
        return STATUS_FAILED;
    }
    return diagnosis->hang_count != 0 ? STATUS_HANGS : 0;
}

static int diagnose_target(struct arena *arena, const char *name, struct diagnose *diagnose,
                           uint64_t interval_ns, struct output *output)
{
    struct target target;
    struct subject subject;
    struct diagnosis diagnosis;
    const char *error;
    int status = STATUS_FAILED;
    if (!target_open(arena, name, &target, &error)) {
        message("diagnose", "%s", error);
        output_close(output);
        return STATUS_FAILED;
    }
    subject_init(&subject, &target);
    if (diagnosis_make(&subject, interval_ns, &diagnosis)) {
        status = tell(diagnose, &diagnosis, output);
    } else {
        message("diagnose", "process %s ended just now", name);
        output_close(output);
    }
    subject_destroy(&subject);
    target_close(&target);
    return status;
}

int command_diagnose(const struct options *options)
{
    struct arena arena;
    struct output output;
    struct diagnose diagnose;
    uint64_t interval_ns;
    const char *format = options->values[OPTION_FORMAT];
    if (options->argument_count != 1) {
        message("diagnose", "give one process or core file: unknot diagnose PID|CORE");
        return STATUS_FAILED;
    }
    if (!report_settings_init(&diagnose.settings, "diagnose", options) ||
        !parse_interval(options->values[OPTION_SNAPSHOT], &interval_ns) ||
        !output_open(&output, "diagnose", options->values[OPTION_OUTPUT], STDOUT_FILENO)) {
        return STATUS_FAILED;
    }
    diagnose.is_json = format != NULL && strcmp(format, "json") == 0;
    arena_init(&arena, ARENA_BYTES_MAX);
    int status = diagnose_target(&arena, options->arguments[0], &diagnose, interval_ns, &output);
    arena_destroy(&arena);
    return status;
}
