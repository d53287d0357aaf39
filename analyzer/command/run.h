/* The body of `unknot run`, which other commands that run a program once share. */
#ifndef UNKNOT_COMMAND_RUN_H
#define UNKNOT_COMMAND_RUN_H

#include "analyzer/command/launch.h"
#include "analyzer/command/outputs.h"
#include "analyzer/plan/plan.h"

/* What is run, and what is special about it; zero is what `unknot run` does. */
struct run_job {
    const char *command; /* the subcommand's name, for messages */
    const struct options *options;
    char **arguments;
    const char *program, *directory; /* to execute, and where; NULL: arguments[0], here */
    const char *data;                /* the folder to record into without --data */
    /* A plan to follow: one that is there, or one to be written beside the recording. */
    const char *plan_file;
    const struct plan *plan;
    struct plan_manner manner;
    bool deadlocks_only;   /* what happened is told, and nothing is looked for */
    outputs_writer *write; /* NULL: the report; its context is a struct run_told */
    void *context;         /* for it */
};

struct run_told {
    const struct run_job *job;
    const struct report *report;
    const struct launch_result *result;
    const char *folder; /* of the recording */
};

/* Runs job->arguments[0] with the rest as its arguments, watched, then reports; returns the exit
 * status. */
int run_program(const struct run_job *job);

#endif
