/* What a run is to be steered into, from a command line: a finding of a recording, what hangs in a
 * process or core, or a plan; and the program to run. Not thread-safe; everything lives in the
 * arena given. */
#ifndef UNKNOT_COMMAND_PLAN_INPUT_H
#define UNKNOT_COMMAND_PLAN_INPUT_H

#include "analyzer/command/finding_input.h"
#include "analyzer/command/recorded_command.h"
#include "analyzer/command/watched.h"
#include "analyzer/plan/plan.h"

struct plan_input {
    const char *command; /* the subcommand, for messages */
    const struct options *options;
    struct arena *arena;
    struct finding_input finding; /* if it is of a recording */
    bool has_finding;
    struct symbolizer *symbolizer; /* else */
    struct plan plan;
    const char *plan_file; /* if it is a plan: absolute; else NULL */
    const char *name;      /* "finding 1" */
    /* The program: that behind the "--", else the one recorded. */
    struct recorded_command program;
    struct watched watched;
    struct launch launch; /* path, library, arguments, directory, timeout, on_deadlock */
};

/* options->arguments: FILE ID. False with one line on stderr. All of these: to be destroyed in any
 * case. */
__attribute__((warn_unused_result)) bool
plan_input_read_finding(struct plan_input *input, struct arena *arena, const char *command,
                        const struct options *options, const struct report_settings *settings);

/* The same; or PLAN, CORE or PID. */
__attribute__((warn_unused_result)) bool plan_input_read(struct plan_input *input,
                                                         struct arena *arena, const char *command,
                                                         const struct options *options,
                                                         const struct report_settings *settings);

/* The program, if the command line or the recording tells one. False with one line on stderr. */
__attribute__((warn_unused_result)) bool plan_input_find_program(struct plan_input *input);

/* Says in one line if the program is not the one that the plan was made from. */
void plan_input_tell_changes(const struct plan_input *input);

/* Judges it, says if it is another one now, and fills input->launch. Returns 0, or the exit
 * status of `run` after one line on stderr. */
int plan_input_watch(struct plan_input *input);

/* For how long a run may take in which threads are held back for so long. */
uint64_t plan_input_timeout_ms(const struct plan_input *input, unsigned long pause_ms);

/* The program with its arguments, for a shell. */
const char *plan_input_program_text(const struct plan_input *input);

/* Whether the ranks of its steps are those of a schedule of the recorded run. */
bool plan_input_has_schedule(const struct plan_input *input);

void plan_input_destroy(struct plan_input *input);

#endif
