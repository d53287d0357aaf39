/* The body of a condition wait's hook, pthread or C11: gives the mutex back and asks for it again,
 * inside the C library. The request is recorded before the thread waits. A cancelled wait returns
 * through the cleanup handler with the mutex held. */
#ifndef UNKNOT_SHIM_HOOK_CONDITION_H
#define UNKNOT_SHIM_HOOK_CONDITION_H

#include "shim/hook/hook.h"

struct condition_wait {
    struct acquire_wait mutex;
    struct waiting waiting;
};

/* Around the real call. The second is a cleanup handler. `mode` is 0 or TRACE_MODE_TIMED. */
void condition_wait_begin(struct condition_wait *wait, const void *condition, const void *mutex,
                          uint16_t mode, uintptr_t address, uintptr_t pointer);
void condition_wait_end(void *wait);

#define CONDITION_WAIT(condition, mutex, MODE, CALL)                                               \
    struct condition_wait wait;                                                                    \
    int result;                                                                                    \
    condition_wait_begin(&wait, condition, mutex, MODE, CALLER);                                   \
    pthread_cleanup_push(condition_wait_end, &wait);                                               \
    result = CALL;                                                                                 \
    pthread_cleanup_pop(1);                                                                        \
    return result

#endif
