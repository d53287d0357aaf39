/* Fixes of findings as the library can apply them to the running program. Not thread-safe. */
#ifndef UNKNOT_PLAN_PLAN_FIX_H
#define UNKNOT_PLAN_PLAN_FIX_H

#include "analyzer/fix/fix.h"
#include "analyzer/plan/plan.h"

/* The finding is one of the process's. False if the library cannot do the fix; then *error says why
 * in one line, and the plan is as before. */
__attribute__((warn_unused_result)) bool
plan_add_fix(struct plan *plan, const struct report *report, const struct report_process *process,
             const struct finding *finding, const struct fix *fix, const char **error);

/* Fixes that make locks one, and have locks in common, become one: a lock is replaced once. */
void plan_join_fixes(struct plan *plan);

#endif
