#include "analyzer/command/steered_run.h"

#include <errno.h>
#include <string.h>
#include "analyzer/command/data_directory.h"
#include "analyzer/command/message.h"

bool steered_plan_write(const char *command, const char *path, const struct plan *plan,
                        const struct plan_manner *manner)
{
    FILE *out = fopen(path, "we");
    bool written = out != NULL;
    if (written) {
        plan_write(out, plan, manner);
        written = !ferror(out);
        written &= fclose(out) == 0;
    }
    if (!written) {
        message(command, "cannot write %s: %s", path, strerror(errno));
    }
    return written;
}

static bool start(struct steered_run *run, struct arena *arena)
{
    const char *path = run->launch.path;
    if (!launch_and_wait(arena, &run->launch, &run->result)) {
        message(run->command, "cannot start a process: %s", strerror(errno));
        return false;
    }
    if (run->result.exec_error != 0) {
        message(run->command, "cannot run %s: %s", path, strerror(run->result.exec_error));
        return false;
    }
    if (!data_directory_has_recordings(run->folder)) {
        message(run->command,
                "%s was not watched: it ran, but the library was not loaded or could not write "
                "to %s; its exit status was %d",
                path, run->folder, run->result.status);
        return false;
    }
    return true;
}

/* As a plan would tell it. */
static bool is_planned(const struct plan *plan, const struct report *report,
                       const struct finding *finding)
{
    struct plan seen;
    const char *error;
    plan_init(&seen, report->arena, report->symbolizer);
    return finding->live != NULL && plan_add_finding(&seen, report, finding, &error) &&
           plan_is_same(plan, &seen);
}

const struct finding *steered_find_same(const struct plan *plan, const struct report *report)
{
    for (size_t i = 0; i < report->process_count; i++) {
        const struct analysis *analysis = &report->processes[i].analysis;
        for (size_t j = 0; j < analysis->finding_count; j++) {
            if (is_planned(plan, report, &analysis->findings[j])) {
                return &analysis->findings[j];
            }
        }
    }
    return NULL;
}

bool steered_run_make(struct steered_run *run, struct arena *arena)
{
    run->launch.plan = arena_printf(arena, "%s/steps" DATA_DIRECTORY_PLAN, run->folder);
    run->launch.data_directory = run->folder;
    run->launch.output = arena_printf(arena, "%s/" DATA_DIRECTORY_OUTPUT, run->folder);
    if (!steered_plan_write(run->command, run->launch.plan, run->plan, &run->manner) ||
        !start(run, arena)) {
        return false;
    }
    run->recordings =
        (struct recordings){.arena = arena, .command = run->command, .deadlocks_only = true};
    recordings_add(&run->recordings, run->folder);
    recordings_report(&run->recordings, run->settings, &run->report);
    run->same = steered_find_same(run->plan, &run->report);
    return true;
}

void steered_run_destroy(struct steered_run *run)
{
    report_destroy(&run->report);
}
