/* Files that `merge` wrote, as input: told by how they begin, whatever they are called. */
#ifndef UNKNOT_COMMAND_MERGED_INPUT_H
#define UNKNOT_COMMAND_MERGED_INPUT_H

#include "analyzer/suite/suite.h"

/* False also for what cannot be read: who loads it as a recording says why. */
bool merged_input_is_one(const char *path);

/* Merges the file into the suite. False: *error is one line for the user, and the suite is as it
 * was: the file is read twice. */
__attribute__((warn_unused_result)) bool merged_input_add(struct suite *suite, const char *path,
                                                          const char **error);

#endif
