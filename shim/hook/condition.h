/* The body of a condition wait's hook, pthread or C11: gives the mutex back and asks for it again,
 * inside the C library. The request is recorded before the thread waits. A cancelled wait returns
 * through the cleanup handler with the mutex held. */
#ifndef UNKNOT_SHIM_HOOK_CONDITION_H
#define UNKNOT_SHIM_HOOK_CONDITION_H

#include "shim/hook/hook.h"

void condition_wait_end(void *wait);

#define CONDITION_WAIT(mutex, CALL)                                                                \
    struct acquire_wait wait;                                                                      \
    int result;                                                                                    \
    acquire_wait_begin(mutex, CALLER, &wait);                                                      \
    pthread_cleanup_push(condition_wait_end, &wait);                                               \
    result = CALL;                                                                                 \
    pthread_cleanup_pop(1);                                                                        \
    return result

#endif
