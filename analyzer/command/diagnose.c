#include <stdlib.h>
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
    struct outputs outputs;
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

static void write_report(FILE *out, const struct report_format *format, bool color,
                         const void *context)
{
    struct hang_report report = *(const struct hang_report *)context;
    report.color = color;
    hang_report_write(out, format->id, &report);
}

static int tell(struct diagnose *diagnose, const struct diagnosis *diagnosis)
{
    const struct hang_report report = {
        .diagnosis = diagnosis,
        .all_stacks = diagnose->settings.report.all_stacks,
        .source_root = diagnose->settings.report.source_root,
        .exit_status = diagnosis->hang_count != 0 ? STATUS_HANGS : 0,
    };
    return outputs_write(&diagnose->outputs, OUTPUTS_ALL, write_report, &report)
               ? report.exit_status
               : STATUS_FAILED;
}

static int diagnose_target(struct arena *arena, const char *name, struct diagnose *diagnose,
                           uint64_t interval_ns)
{
    struct target target;
    struct subject subject;
    struct diagnosis diagnosis;
    const char *error;
    int status = STATUS_FAILED;
    if (!target_open(arena, name, &target, &error)) {
        message("diagnose", "%s", error);
        outputs_close(&diagnose->outputs);
        return STATUS_FAILED;
    }
    subject_init(&subject, &target);
    if (diagnosis_make(&subject, interval_ns, &diagnosis)) {
        status = tell(diagnose, &diagnosis);
    } else {
        message("diagnose", "process %s ended just now", name);
        outputs_close(&diagnose->outputs);
    }
    subject_destroy(&subject);
    target_close(&target);
    return status;
}

int command_diagnose(const struct options *options)
{
    struct arena arena;
    struct diagnose diagnose;
    uint64_t interval_ns;
    int status = STATUS_FAILED;
    if (options->argument_count != 1) {
        message("diagnose", "give one process or core file: unknot diagnose PID|CORE");
        return STATUS_FAILED;
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    if (report_settings_init(&diagnose.settings, &arena, "diagnose", options) &&
        parse_interval(options->values[OPTION_SNAPSHOT], &interval_ns) &&
        outputs_init(&diagnose.outputs, &arena, "diagnose", options, REPORT_FORMATS_ALL)) {
        bool opened = outputs_open(&diagnose.outputs, options, STDOUT_FILENO);
        status = diagnose_target(&arena, options->arguments[0], &diagnose, interval_ns);
        status = opened ? status : STATUS_FAILED;
    }
    arena_destroy(&arena);
    return status;
}
