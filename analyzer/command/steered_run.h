/* One run of a program in which threads are held back as a plan says, and what came of it. Not
 * thread-safe. */
#ifndef UNKNOT_COMMAND_STEERED_RUN_H
#define UNKNOT_COMMAND_STEERED_RUN_H

#include "analyzer/command/launch.h"
#include "analyzer/command/recordings.h"
#include "analyzer/plan/plan.h"

struct steered_run {
    const char *command; /* the subcommand, for messages */
    const struct plan *plan;
    struct plan_manner manner;
    const char *folder;   /* absolute, there already: for the recording, the plan, the output */
    struct launch launch; /* all but what the run itself has */
    const struct report_settings *settings;
    /* Of a run that was made; everything in the arena given to steered_run_make. */
    struct launch_result result;
    struct recordings recordings;
    struct report report;
    const struct finding *same; /* the plan's deadlock, seen; NULL: it was not */
};

/* Runs the program. False, with one line on stderr, when it could not be started or left no
 * recording; else to be destroyed. */
__attribute__((warn_unused_result)) bool steered_run_make(struct steered_run *run,
                                                          struct arena *arena);
void steered_run_destroy(struct steered_run *run);

/* A deadlock of the report that happened and is the plan's; NULL if none is. */
const struct finding *steered_find_same(const struct plan *plan, const struct report *report);

/* Writes the plan to the path; false with one line on stderr. */
__attribute__((warn_unused_result)) bool steered_plan_write(const char *command, const char *path,
                                                            const struct plan *plan,
                                                            const struct plan_manner *manner);

#endif
