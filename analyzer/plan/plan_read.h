/* Reads a plan file, as far as a command has to know what is in it: modules, steps, and which fixes
 * there are. Which of its lines cannot be used the library tells, in the recording. Not
 * thread-safe; allocates from the plan's arena. */
#ifndef UNKNOT_PLAN_PLAN_READ_H
#define UNKNOT_PLAN_PLAN_READ_H

#include "analyzer/plan/plan.h"

/* Whether the file begins as a plan does. */
bool plan_file_is_one(const char *path);

/* False if it cannot be read or is none; then *error says so in one line. */
__attribute__((warn_unused_result)) bool plan_read(struct plan *plan, const char *path,
                                                   const char **error);

#endif
