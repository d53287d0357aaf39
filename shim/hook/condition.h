/* The body of a condition wait's hook, pthread or C11: gives the mutex back and asks for it again,
 * inside the C library. The request is recorded before the thread waits. A cancelled wait returns
 * through the cleanup handler with the mutex held. */
#ifndef UNKNOT_SHIM_HOOK_CONDITION_H
#define UNKNOT_SHIM_HOOK_CONDITION_H

#include "shim/core/wakes.h"
#include "shim/hook/hook.h"

struct condition_wait {
    struct acquire_wait mutex;
    struct waiting waiting;
    struct wake_record *wakes;
    bool is_woken;
};

/* Around the real call. The second is a cleanup handler. `mode` is 0 or TRACE_MODE_TIMED. */
void condition_wait_begin(struct condition_wait *wait, const void *condition, const void *mutex,
                          uint16_t mode, uintptr_t address, uintptr_t pointer);
void condition_wait_end(void *wait);

/* Before the real signal, or broadcast. */
static inline void condition_signal(const void *condition, bool all, uintptr_t address,
                                    uintptr_t pointer)
{
    acquire_note_signal();
    wakes_signal(condition, TRACE_LOCK_CONDITION, all, address, pointer);
}

#define CONDITION_WAIT(condition, mutex, MODE, CALL)                                               \
    struct condition_wait wait;                                                                    \
    int result;                                                                                    \
    condition_wait_begin(&wait, condition, mutex, MODE, CALLER);                                   \
    pthread_cleanup_push(condition_wait_end, &wait);                                               \
    result = CALL;                                                                                 \
    wait.is_woken = result == 0;                                                                   \
    pthread_cleanup_pop(1);                                                                        \
    return result

#endif
