/* The executions of processes that share locks, as one: a lock they share is one lock, whatever
 * each calls it, and a fork orders what the parent did before it before all of the child. It also
 * serves one process that has a lock at two addresses.
 *
 * Ids are new. Modules that are the same file are one, so that places in the code compare; threads
 * and unshared locks keep the pid of their process. What happens in an exec, and that a process was
 * waited for, is not known and orders nothing. Cost: linear in the members, but for sorting the
 * dependencies by time. Lives in the arena; refers to the members. */
#ifndef UNKNOT_MODEL_JOINED_EXECUTION_H
#define UNKNOT_MODEL_JOINED_EXECUTION_H

#include "analyzer/model/shared_locks.h"

/* Joins the executions whose group is `group`; `executions` are those given to shared_locks_find.
 */
void joined_execution_make(struct arena *arena, const struct execution *const *executions,
                           size_t count, const struct shared_locks *shared, size_t group,
                           struct execution *joined);

#endif
