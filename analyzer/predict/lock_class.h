/* Where locks were born: instances made at the same place are one class.
 *
 * A static lock is its own class, named by its symbol's place; another one belongs to where it
 * was initialised, or, if that was never seen, first acquired: the innermost frames of that
 * stack. Without any of these a lock is a class of its own. Linear in the locks. */
#ifndef UNKNOT_PREDICT_LOCK_CLASS_H
#define UNKNOT_PREDICT_LOCK_CLASS_H

#include "analyzer/model/execution.h"

struct lock_classes {
    uint32_t *of_lock; /* by position in execution->locks */
    size_t count;
};

void lock_classes_make(struct arena *arena, const struct execution *execution,
                       struct lock_classes *classes);

#endif
