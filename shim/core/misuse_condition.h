/* The misuse checks of conditions and barriers. Around waits, signals, initialisation and
 * destruction: what is wrong is told before the real function, which may then never return. None
 * changes errno. A wait costs the list of waiters, a signal without waiters one load. */
#ifndef UNKNOT_SHIM_MISUSE_CONDITION_H
#define UNKNOT_SHIM_MISUSE_CONDITION_H

#include <pthread.h>

#include "shim/core/misuse.h"

/* A wait on a condition; `held`: the mutex is among those the thread holds (or that is not known);
 * `timed`: it may end without a signal. */
struct misuse_wait {
    const void *condition, *mutex;
    const char *function;
    bool held, timed;
};
void misuse_wait_begin(const struct misuse_wait *wait, uintptr_t address, uintptr_t pointer);

/* No wait is in progress in this thread. Also after cancellation. */
void misuse_wait_end(void);

void misuse_signalled_slowly(const void *condition, const char *function, uintptr_t address,
                             uintptr_t pointer);
static inline void misuse_signalled(const void *condition, const char *function, uintptr_t address,
                                    uintptr_t pointer)
{
    if (__builtin_expect(waiters_any(condition), 0))
        misuse_signalled_slowly(condition, function, address, pointer);
}

void misuse_condition_begins(const void *condition, const char *function, uintptr_t address,
                             uintptr_t pointer);
void misuse_condition_ends(const void *condition, const char *function, uintptr_t address,
                           uintptr_t pointer);

void misuse_barrier_begins(const pthread_barrier_t *barrier, const char *function,
                           uintptr_t address, uintptr_t pointer);
void misuse_barrier_ends(const pthread_barrier_t *barrier, const char *function, uintptr_t address,
                         uintptr_t pointer);
void misuse_barrier_wait(const pthread_barrier_t *barrier, const char *function, uintptr_t address,
                         uintptr_t pointer);

#endif
