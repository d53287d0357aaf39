/* The body of a condition wait's hook, pthread or C11: gives the mutex back and asks for it again,
 * inside the C library. The request is recorded before the thread waits. A cancelled wait returns
 * through the cleanup handler with the mutex held. */
#ifndef UNKNOT_SHIM_HOOK_CONDITION_H
#define UNKNOT_SHIM_HOOK_CONDITION_H

#include "shim/core/misuse_condition.h"
#include "shim/core/wakes.h"
#include "shim/hook/standin.h"

/* What the program called; `mode` is 0 or TRACE_MODE_TIMED. */
struct condition_call {
    const void *condition, *mutex;
    const char *function;
    uint16_t mode;
};

struct condition_wait {
    pthread_mutex_t *given;      /* the call's mutex, or what stands in for it */
    const void *asked;           /* the call's */
    struct standin_wait standin; /* if there are fixes */
    bool has_fixes;
    struct acquire_wait mutex;
    struct waiting waiting;
    struct wake_record *wakes;
    const void *condition;
    uintptr_t address, pointer; /* of the caller */
    bool is_woken;
};

/* Around the real call, which gets wait->given. From here on that is the mutex of `call`. The
 * second is a cleanup handler. */
void condition_wait_begin(struct condition_wait *wait, struct condition_call *call,
                          uintptr_t address, uintptr_t pointer);
void condition_wait_end(void *wait);

/* What the misuse checks have to say of a wait that failed. */
void condition_wait_failed(const struct condition_call *call, int result, uintptr_t address,
                           uintptr_t pointer);

/* Before the real signal, or broadcast. */
static inline void condition_signal(const void *condition, bool all, const char *function,
                                    uintptr_t address, uintptr_t pointer)
{
    acquire_note_signal();
    misuse_signalled(condition, function, address, pointer);
    wakes_signal(condition, TRACE_LOCK_CONDITION, all, address, pointer);
    steer_signalled();
}

#define CONDITION_WAIT(condition, mutex, MODE, CALL)                                               \
    struct condition_call call = {condition, mutex, __func__, MODE};                               \
    struct condition_wait wait;                                                                    \
    int result;                                                                                    \
    condition_wait_begin(&wait, &call, CALLER);                                                    \
    pthread_cleanup_push(condition_wait_end, &wait);                                               \
    result = CALL;                                                                                 \
    wait.is_woken = result == 0;                                                                   \
    pthread_cleanup_pop(1);                                                                        \
    if (__builtin_expect(result != 0, 0))                                                          \
        condition_wait_failed(&call, result, CALLER);                                              \
    return result

#endif
