/* The suppressions and the baseline that the command line and UNKNOT_SUPPRESSIONS name. */
#ifndef UNKNOT_COMMAND_HIDING_H
#define UNKNOT_COMMAND_HIDING_H

#include "analyzer/command/options.h"
#include "analyzer/suppress/hide.h"

/* Reads the files into the arena. *hiding is NULL when none is named. False, with one line on
 * stderr, when one cannot be read or understood. */
__attribute__((warn_unused_result)) bool hiding_load(struct arena *arena, const char *command,
                                                     const struct options *options,
                                                     struct hiding **hiding);

#endif
