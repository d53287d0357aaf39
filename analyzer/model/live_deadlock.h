/* Deadlocks that the library saw happen, as findings: from the DEADLOCK records of an execution to
 * steps like those of a predicted cycle, so that reports tell both in the same way.
 *
 * Step i's thread waits for what step i + 1 holds. A thread that ended, or stayed behind in the
 * parent of a fork, is a step that requests nothing (lock 0). A step that holds nothing in the set
 * has a hold of lock 0. Linear in the records. */
#ifndef UNKNOT_MODEL_LIVE_DEADLOCK_H
#define UNKNOT_MODEL_LIVE_DEADLOCK_H

#include "analyzer/model/finding.h"

/* Puts them before the other findings of the analysis, and takes out predicted cycles that are the
 * same: what happened says it all. */
void live_deadlock_add(struct arena *arena, const struct execution *execution,
                       struct analysis *analysis);

#endif
