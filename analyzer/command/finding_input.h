/* A finding that a command line names, by a recording and the number that its report gives it. Not
 * thread-safe; everything lives in the arena given. */
#ifndef UNKNOT_COMMAND_FINDING_INPUT_H
#define UNKNOT_COMMAND_FINDING_INPUT_H

#include "analyzer/command/recordings.h"

struct finding_input {
    struct report report;
    struct recordings recordings;
    size_t process;
    size_t number; /* 0: one that was set aside */
    const struct finding *finding;
};

/* The finding with this number, and which process it is of; NULL when there is none. */
const struct finding *report_find_finding(const struct report *report, size_t number,
                                          size_t *process);

/* Reads FILE and finds what ID names: a number, or dN for the Nth cycle that --show-dismissed
 * tells. False, with one line on stderr, when there is none; to be destroyed in any case. */
__attribute__((warn_unused_result)) bool
finding_input_read(struct finding_input *input, struct arena *arena, const char *command,
                   const struct report_settings *settings, const char *path, const char *id);
void finding_input_destroy(struct finding_input *input);

#endif
