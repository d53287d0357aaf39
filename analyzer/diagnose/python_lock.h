/* Locks of CPython: _thread.lock and _thread.RLock. Up to 3.12 both are a sem_t elsewhere; then
 * they become a byte in the object, the one in 3.13.1, the other in 3.14: the object's size tells.
 *
 * Not thread-safe. A few reads. */
#ifndef UNKNOT_DIAGNOSE_PYTHON_LOCK_H
#define UNKNOT_DIAGNOSE_PYTHON_LOCK_H

#include "analyzer/diagnose/python_object.h"

struct python_lock {
    uint64_t object;
    uint64_t word; /* the address of its sem_t, or of its byte */
    bool is_byte;
    bool is_locked;
    bool has_owner; /* an RLock */
    uint64_t owner; /* its thread's ident, 0 for none */
};

/* False when it is no lock. */
__attribute__((warn_unused_result)) bool
python_lock_read(struct python_reader *reader, uint64_t object, struct python_lock *lock);

/* The lock whose __exit__ lies in a slot of the value stack, bound or as `self` beside it; that of
 * a threading.Condition is its own lock's. */
__attribute__((warn_unused_result)) bool
python_lock_of_exit(struct python_reader *reader, uint64_t slot, struct python_lock *lock);

/* Whether a thread that sleeps on the futex at `futex` waits for the lock: on its sem_t; or on a
 * semaphore of its own, with the address of the lock's byte before it in CPython's record. */
bool python_lock_is_awaited(struct python_reader *reader, const struct python_lock *lock,
                            uint64_t futex);

/* What CPython's record of a thread asleep at `futex` says it waits for: the address of a byte, as
 * far as there is such a record. */
uint64_t python_lock_awaited(struct python_reader *reader, uint64_t futex);

/* The object whose byte a thread asleep at `futex` waits for, 0 when it is no lock. */
uint64_t python_lock_awaited_byte(struct python_reader *reader, uint64_t futex);

#endif
