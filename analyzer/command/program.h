/* Finds the file the kernel will run for a program's name, through PATH and `#!` lines. */
#ifndef UNKNOT_COMMAND_PROGRAM_H
#define UNKNOT_COMMAND_PROGRAM_H

#include "analyzer/base/arena.h"

struct program {
    const char *path;  /* what to execute */
    const char *image; /* the ELF file that does the work: `path`, or its interpreter */
};

/* Returns 0, 127 when there is no such program, or 126 when it cannot be executed; then *error
 * says so in one line. */
__attribute__((warn_unused_result)) int program_find(struct arena *arena, const char *name,
                                                     struct program *program, const char **error);

#endif
