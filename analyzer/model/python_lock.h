/* Locks that CPython makes for a program.
 *
 * All locks of a Python program are made, acquired and released at the same few places of the
 * interpreter, so classes and places, which tell the locks of other programs apart, say nothing of
 * them as long as a recording has no Python frames. */
#ifndef UNKNOT_MODEL_PYTHON_LOCK_H
#define UNKNOT_MODEL_PYTHON_LOCK_H

#include "analyzer/model/execution.h"

/* Whether the interpreter made the lock: the function that initialised it, or acquired it first, is
 * of the interpreter or of its own module for locks that processes share. */
bool python_lock_is_one(const struct execution *execution, const struct lock *lock);

#endif
