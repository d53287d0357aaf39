/* The command that a recording is of, to be run again, and how long that took. */
#ifndef UNKNOT_COMMAND_RECORDED_COMMAND_H
#define UNKNOT_COMMAND_RECORDED_COMMAND_H

#include "analyzer/report/format.h"

struct recorded_command {
    const char *program; /* what to execute */
    char **arguments;    /* ends with NULL; the first is the program as it was called */
    const char *directory;
};

/* The program that was started, of which this is a process: itself, or who started it, as far as
 * the report has recordings of them. */
const struct execution *recorded_first(const struct report *report,
                                       const struct execution *execution);

/* False, with one line on stderr, when the recording does not tell it or the directory is gone. */
__attribute__((warn_unused_result)) bool recorded_command_get(struct arena *arena,
                                                              const char *command,
                                                              const struct execution *execution,
                                                              struct recorded_command *recorded);

/* From its start to its end or its deadlock; 0: it was killed. */
uint64_t recorded_duration_ms(const struct execution *execution);

#endif
