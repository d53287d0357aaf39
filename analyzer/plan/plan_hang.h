/* A plan from what hangs in a process or core that was never watched: where its threads wait. Where
 * they took what they hold is in no such process. Not thread-safe. */
#ifndef UNKNOT_PLAN_PLAN_HANG_H
#define UNKNOT_PLAN_PLAN_HANG_H

#include "analyzer/diagnose/hang.h"
#include "analyzer/plan/plan.h"

/* False if none of the threads' stacks could be read as far as the program's code. */
__attribute__((warn_unused_result)) bool plan_add_hang(struct plan *plan, struct subject *subject,
                                                       const struct hang *hang);

#endif
