/* For how long locks are held: the misuse check held-too-long, which is off unless it is asked for.
 * Then the locks' slots are special (LOCK_ID_SPECIAL), so that no hook takes its inline way, an
 * entry among the held locks keeps the time of the acquisition, and the release compares. While it
 * is off no clock is read; a lock that is had the slow way costs the look at one flag.
 *
 * Mutexes, rwlocks and spinlocks; a condition wait ends one hold and begins another. Any thread,
 * not inside the shim; no call changes errno. */
#ifndef UNKNOT_SHIM_HELD_TIME_H
#define UNKNOT_SHIM_HELD_TIME_H

#include "shim/core/misuse.h"

static inline bool held_time_is_for(uint16_t kind)
{
    return __builtin_expect(misuse_is_on(MISUSE_HELD_TOO_LONG), 0) &&
           (kind == TRACE_LOCK_MUTEX || kind == TRACE_LOCK_RWLOCK || kind == TRACE_LOCK_SPIN);
}

/* The lock was had: it is among those the thread holds. */
void held_time_begin_slowly(const void *object);
static inline void held_time_begin(const void *object, enum trace_lock_kind kind)
{
    if (held_time_is_for((uint16_t)kind))
        held_time_begin_slowly(object);
}

/* It is about to be given back, unless it was acquired more often than once. */
void held_time_end(const void *object, const char *function, uintptr_t address, uintptr_t pointer);

#endif
