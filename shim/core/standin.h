/* Locks of ours that stand in for locks of the program, or are taken before them: how the fixes of
 * a plan (docs/plans.md) are applied to a program that runs as it is.
 *
 * Each lock is judged once in its life, by what it is and where it was born, before anybody has it;
 * from then on its *route* says what its hooks do (hook/standin.h): nothing special, take another
 * lock instead, take others before it. A route is kept in the lock table and never changes, so that
 * all threads exclude each other in one way. What the plan says of a lock that some thread has when
 * it is first seen, or whose rules a stand-in could not keep (robust, shared between processes,
 * with a priority protocol, a semaphore that is no lock), is left undone, counted and told.
 *
 * A stand-in is a recursive mutex. What it stands for at the moment, or goes before, is in its list
 * of holds, which only the thread that has it touches.
 *
 * standin_on is false for good without fixes: hooks that know no inline path look at nothing else.
 * Any thread. Finding a route takes no lock, judging takes those of the lock table and of memory.
 * A stand-in lives as long as the process; one made for a single lock is used again after that. */
#ifndef UNKNOT_SHIM_STANDIN_H
#define UNKNOT_SHIM_STANDIN_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "trace/format.h"

enum { STANDIN_FIXES = 64, STANDIN_HOLDS = 6 };

/* The owner has taken the stand-in `count` times for the sake of this lock of the program's. */
struct standin_hold {
    const void *object;
    uint32_t lock;  /* the instance's id: once that has ended, nobody will give it back */
    uint32_t count; /* 0: the place is free */
    bool is_read;
    bool is_before; /* it was taken before the lock, not instead of it */
};

struct standin {
    pthread_mutex_t mutex;
    struct standin_hold *holds; /* these four: only while one has the mutex */
    uint32_t hold_count, hold_room;
    uint32_t untracked; /* taken without room for a hold */
    struct standin_hold first_holds[STANDIN_HOLDS];
    uint32_t fix;
    /* Who waits for it in a semaphore's function, which signals and cancellation end, sleeps
     * here: posted to after a release if there are sleepers. A condition wait releases without
     * that: after the first with this mutex they look by themselves, too. */
    sem_t wake;
    atomic_uint sleepers;
    atomic_bool is_waited_with;
};

/* What a request goes through: `before`, a set of fixes, in their order, then `instead` of the
 * program's own lock, if it is not NULL. */
struct standin_route {
    struct standin *instead;
    uint64_t before;
};

extern bool standin_on __attribute__((visibility("hidden")));

/* At start-up, when the plan is read and the recording open. */
void standin_start(void);

/* Writes the FIX records; a fork child's recording was opened. Under recording_lock. */
void standin_describe(void);

/* In a fork child. */
void standin_after_fork(void);

/* Where a lock of this kind, used at `address`, is to be looked for; judges it at first sight. The
 * object can be read. False: it goes its own way. */
bool standin_find_route(const void *object, enum trace_lock_kind kind, uintptr_t address,
                        uintptr_t pointer, struct standin_route *route);

/* The same for one that is given back: only `instead`. */
struct standin *standin_instead_of(const void *object);

/* The lock that the fix with this number takes before others. */
struct standin *standin_before(uint32_t fix);

/* The fixes that take a lock before others, or instead of several: a set. */
uint64_t standin_takers(void);

/* A semaphore that is posted to by who did not take it, or waited for by who has it, goes its own
 * way from now on, if it did not already. Others may have taken something for its sake:
 * standin_hold_drop_ended tells. */
void standin_leave(const void *semaphore);
extern bool standin_has_left __attribute__((visibility("hidden")));

/* Is it what lets a lock be had again by who has it? */
bool standin_is_recursive(const struct standin *standin);

/* A lock with this route has ended. */
void standin_route_ended(uint32_t route);

/* A recursive lock was acquired by the thread that had it: counted if a fix made it recursive. */
void standin_note_again(const void *object);

/* The wait for a condition begins with the stand-in locked, and so it stays. */
void standin_count_wait(const struct standin *standin);

/* Does the calling thread have it, and how often? */
bool standin_is_mine(const struct standin *standin);
uint32_t standin_depth(const struct standin *standin);

/* These are for who has it. The hold for the object, NULL if there is none; one more taking for it;
 * one less, false if there was none. */
struct standin_hold *standin_hold_of(struct standin *standin, const void *object, bool is_before);
void standin_hold_add(struct standin *standin, const struct standin_hold *taken);
bool standin_hold_drop(struct standin *standin, const void *object, bool is_before);

/* A hold whose lock has ended: how often it was taken for that, and the hold is gone. 0: none. */
uint32_t standin_hold_drop_ended(struct standin *standin);

#endif
