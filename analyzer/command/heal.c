#include <string.h>
#include <unistd.h>
#include "analyzer/command/message.h"
#include "analyzer/command/options.h"
#include "analyzer/command/recordings.h"
#include "analyzer/plan/plan_fix.h"
#include "analyzer/report/title.h"

#define STATUS_FAILED   2
#define ARENA_BYTES_MAX ((size_t)16 << 30)

struct heal {
    struct arena arena;
    struct report_settings settings;
    struct report report;
    struct plan plan;
    size_t healed;
};

static void note(struct heal *heal, const char *line)
{
    heal->plan.origin = arena_printf(&heal->arena, "%s\n%s", heal->plan.origin, line);
}

static const char *title_of(const struct heal *heal, const struct finding *finding)
{
    struct arena *arena = heal->report.arena;
    return finding->misuse != NULL ? misuse_rule_text(finding->misuse->rule)
           : finding->told != NULL ? finding->told->title
           : finding->live != NULL ? title_deadlock(arena, heal->report.names, finding)
                                   : title_finding(arena, heal->report.names, finding);
}

/* The first one of a finding that helps and that the library can do. */
static bool add_first_fix(struct heal *heal, const struct report_process *process,
                          const struct finding *finding)
{
    const struct fix_set *set = finding->fixes;
    const char *error;
    for (size_t i = 0; set != NULL && i < set->count; i++) {
        const struct fix *fix = &set->fixes[i];
        size_t before = heal->plan.fixes.count;
        if (fix->verdict.verified &&
            plan_add_fix(&heal->plan, &heal->report, process, finding, fix, &error)) {
            heal->plan.fixes.items[before].text =
                arena_printf(&heal->arena, "finding %zu: %s\nfix %zu: %s; %s", finding->id,
                             title_of(heal, finding), i + 1, fix_kind_title(fix->change.kind),
                             fix_kind_risk(fix->change.kind));
            return true;
        }
    }
    return false;
}

static void add_findings(struct heal *heal)
{
    for (size_t i = 0; i < heal->report.process_count; i++) {
        const struct report_process *process = &heal->report.processes[i];
        for (size_t j = 0; j < process->analysis.finding_count; j++) {
            const struct finding *finding = &process->analysis.findings[j];
            if (add_first_fix(heal, process, finding)) {
                heal->healed++;
            } else {
                note(heal, arena_printf(&heal->arena,
                                        "finding %zu: %s: not healed, no fix of it can be applied "
                                        "to a program that runs",
                                        finding->id, title_of(heal, finding)));
            }
        }
    }
    plan_join_fixes(&heal->plan);
}

static void write_plan(FILE *out, const void *context)
{
    const struct heal *heal = context;
    const struct plan_manner manner = {.pause_ms = 0};
    plan_write(out, &heal->plan, &manner);
}

static const char *list_of_files(struct arena *arena, const struct options *options)
{
    const char *list = "fixes for";
    for (int i = 0; i < options->argument_count; i++) {
        list = arena_printf(arena, "%s %s", list, options->arguments[i]);
    }
    return list;
}

/* False after one line on stderr. */
static bool write_healed(struct heal *heal, const struct options *options)
{
    struct output output;
    return output_open(&output, "heal", options->values[OPTION_OUTPUT], STDOUT_FILENO) &&
           output_write_by(&output, "heal", write_plan, heal);
}

/* Where nothing could be read an earlier file is left as it is. */
static int heal_all(struct heal *heal, const struct options *options)
{
    struct recordings recordings = {.arena = &heal->arena, .command = "heal"};
    for (int i = 0; i < options->argument_count; i++) {
        recordings_add(&recordings, options->arguments[i]);
    }
    recordings_report(&recordings, &heal->settings, &heal->report);
    plan_init(&heal->plan, &heal->arena, heal->report.symbolizer);
    heal->plan.origin = list_of_files(&heal->arena, options);
    add_findings(heal);
    bool failed = heal->report.failure_count != 0;
    if (heal->report.process_count != 0) {
        failed |= !write_healed(heal, options);
        message("heal", "%zu of %zu findings healed", heal->healed,
                report_finding_count(&heal->report));
    }
    report_destroy(&heal->report);
    return failed ? STATUS_FAILED : 0;
}

int command_heal(const struct options *options)
{
    struct heal heal = {.healed = 0};
    int status = STATUS_FAILED;
    if (options->argument_count == 0) {
        message("heal", "no recording given: unknot heal FILE|DIRECTORY...");
        return status;
    }
    arena_init(&heal.arena, ARENA_BYTES_MAX);
    if (report_settings_init(&heal.settings, &heal.arena, "heal", options) &&
        report_settings_map_paths(&heal.settings, &heal.arena, "heal", options)) {
        status = heal_all(&heal, options);
    }
    arena_destroy(&heal.arena);
    return status;
}
