/* Which lock instances of several recordings, or of one, are the same lock: those that lie at one
 * place in a file or shared memory object.
 *
 * A place may be used for one lock after another. An initialisation begins a new one; an instance
 * belongs to the last one begun before it was last seen in use. Times are those of the machine's
 * monotonic clock, so recordings made since different starts of a machine share nothing. An inode
 * number that was given to another object meanwhile, without a recorded initialisation, cannot be
 * told from the first.
 *
 * Cost: a sort of the instances that have a place, a pass over the dependencies if there are any.
 */
#ifndef UNKNOT_MODEL_SHARED_LOCKS_H
#define UNKNOT_MODEL_SHARED_LOCKS_H

#include "analyzer/model/execution.h"

struct shared_locks {
    /* By execution and position in its locks: the number of the lock, from 1; 0 for one that no
     * other instance is the same as. */
    uint32_t **number;
    size_t lock_count; /* numbers given */
    /* By execution: the first one of those it is connected with. */
    size_t *group;
    /* By execution: one of its locks has another instance somewhere, or a deadlock that was seen
     * joins it with another. */
    bool *is_joint;
};

void shared_locks_find(struct arena *arena, const struct execution *const *executions, size_t count,
                       struct shared_locks *shared);

#endif
