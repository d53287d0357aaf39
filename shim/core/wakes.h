/* Conditions, barriers and semaphores used as signals: how many threads wait there, how many of
 * them have been woken already, and who woke last. They have no holder: whoever waits there can be
 * woken by anybody.
 *
 * A thread that waits is truly blocked only while no wake is under way: a condition's signal counts
 * one more woken thread unless all are, a broadcast all, and so does the last one to come to a
 * barrier; who returns woken counts one less of both. What happens at the same moment may be
 * counted in another order than it happens: the counts tell when to look closer, not what is so.
 *
 * Found through the lock table: a record is its instance's while `lock` says so, and its memory
 * stays readable for ever. Any thread; no lock, no system call and no allocation but when an object
 * is first seen. Cost: a look into the table and one or two atomic operations. */
#ifndef UNKNOT_SHIM_WAKES_H
#define UNKNOT_SHIM_WAKES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "trace/format.h"

struct wake_record {
    atomic_uint lock;         /* the instance's id, stored last */
    atomic_uint needed;       /* barrier: how many have to come */
    atomic_uint_fast64_t now; /* waiting in the low half; of them woken in the high one */
    atomic_uint wakes, waits; /* calls so far */
    /* The last wake, written by its thread; two at once may mix. `waiting` were not woken then. */
    atomic_uint thread, stack, waiting;
    atomic_uint_fast64_t time_ns;
};

/* NULL if nothing is known of it. */
struct wake_record *wakes_find(const void *object);

/* The same, made known if it is not: CONDITION or BARRIER; a SEMAPHORE only if the lock table knows
 * it. NULL without memory, or where the shim passes through. */
struct wake_record *wakes_enter(const void *object, enum trace_lock_kind kind, uintptr_t address,
                                uintptr_t pointer);

/* Before the real call that wakes one, or all, of those who wait there. */
void wakes_signal(const void *object, enum trace_lock_kind kind, bool all, uintptr_t address,
                  uintptr_t pointer);

/* Around a wait; a record may be NULL. `woken`: it returned because somebody woke it. */
void wakes_wait_begin(struct wake_record *record);
void wakes_wait_end(struct wake_record *record, bool woken);

/* The same for a semaphore: its value tells the rest. */
void wakes_count_wait(struct wake_record *record);

/* The same for a barrier: true if this is the last one needed, which will not wait. */
bool wakes_arrive(struct wake_record *record);

static inline uint32_t wakes_waiting(uint64_t now)
{
    return (uint32_t)now;
}

static inline uint32_t wakes_woken(uint64_t now)
{
    return (uint32_t)(now >> 32);
}

/* In a fork child: nobody waits anywhere. */
void wakes_after_fork(void);

/* Writes what is known of the object with this id, if there is something; under recording_lock. */
void wakes_write(const void *object, uint32_t lock);

#endif
