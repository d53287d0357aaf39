/* What can be done with locks of a kind. */
#ifndef UNKNOT_FIX_LOCK_TRAITS_H
#define UNKNOT_FIX_LOCK_TRAITS_H

#include "analyzer/model/execution.h"

enum {
    LOCK_CAN_RECUR = 1, /* there is a recursive form */
    LOCK_CAN_JOIN = 2,  /* several can be replaced by one: who holds it is alone */
    LOCK_CAN_MOVE = 4,  /* the program chooses where to take it and to give it back */
    LOCK_CAN_TRY = 8,   /* there is a form that does not wait */
};

/* Bits; those of a semaphore are of one that is used as a lock. */
unsigned lock_traits(const struct lock *lock);

/* Whether one lock can stand for both: they are of one kind, and of one process or one object that
 * processes share. */
bool lock_can_be_one(const struct lock *a, const struct lock *b);

#endif
