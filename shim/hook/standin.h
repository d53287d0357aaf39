/* A hook's call where fixes are applied (core/standin.h): the program's lock, or the one that
 * stands in for it, is acquired and given back with the locks that a fix takes before it.
 *
 * A hook says what was called, and how it goes without fixes (`itself`). Results are those that the
 * program knows: a try or a timed form fails as it would, and so does what is wrong in itself
 * (relocking a mutex that checks for errors or a rwlock one has for writing, a bad timeout). What
 * another lock in the same stand-in would make the thread wait for, it has already. To unlock what
 * one does not have is left to the real function.
 *
 * Called only if standin_on. What is recorded is the stand-in, with the program's call stacks.
 * errno is preserved. */
#ifndef UNKNOT_SHIM_HOOK_STANDIN_H
#define UNKNOT_SHIM_HOOK_STANDIN_H

#include "shim/core/standin.h"
#include "shim/hook/hook.h"

struct standin_call {
    const void *object;
    struct manner manner;
    clockid_t clock; /* with TRACE_MODE_TIMED, like the next */
    const struct timespec *deadline;
    int (*itself)(const struct standin_call *call); /* 0 or an error number */
    uintptr_t address, pointer;
};

/* 0, or an error number as of the pthread functions; of a semaphore as in errno. */
int standin_acquire(const struct standin_call *call);
int standin_release(const struct standin_call *call);

/* The lock is about to be destroyed: may the program go on to believe that it has it? Then its
 * function answers EBUSY, as the real one would. */
bool standin_keeps(const void *object);

/* Locks have ended: what the thread took for their sake is given back. */
void standin_prune(uintptr_t address, uintptr_t pointer);

/* A condition wait of the thread that has the mutex: what it waits with, NULL for the mutex itself;
 * and what it has to have again afterwards. */
enum { STANDIN_REGAINED = 8 };
struct standin_wait {
    pthread_mutex_t *given; /* the mutex, or its stand-in */
    struct standin *instead;
    struct standin_hold hold; /* of `instead`; no count: none */
    struct standin *regained[STANDIN_REGAINED];
    uint32_t regained_count;
};
void standin_wait_begin(struct standin_wait *wait, const pthread_mutex_t *mutex, uintptr_t address,
                        uintptr_t pointer);
void standin_wait_end(struct standin_wait *wait, const pthread_mutex_t *mutex, uintptr_t address,
                      uintptr_t pointer);

/* A stand-in for a semaphore's sake: its functions are interrupted by signals and cancelled. */
int standin_take_for_semaphore(struct standin *standin, const struct standin_call *call);
int standin_take_semaphore(const struct standin_call *call);
void standin_wake_sleepers(struct standin *standin);

/* A release of the stand-in, recorded. */
void standin_unlock(struct standin *standin, uintptr_t address, uintptr_t pointer);

/* It was taken for the call's sake. */
void standin_hold(struct standin *standin, const struct standin_call *call, bool is_before);

/* The release of this lock, which the thread has, has to look further than at what was acquired
 * last: others were taken before it. */
void standin_mark_held(const void *object);

#endif
