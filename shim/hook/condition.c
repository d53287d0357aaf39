/* pthread_cond_*.
 *
 * Exported as GLIBC_2.3.2 (see exports.map): programs bound to the older ABI, whose condition is
 * another structure, must go on finding the C library's own. */
#include "shim/hook/condition.h"

void condition_wait_begin(struct condition_wait *wait, const void *condition, const void *mutex,
                          uint16_t mode, uintptr_t address, uintptr_t pointer)
{
    acquire_wait_begin(mutex, address, pointer, &wait->mutex);
    const struct waiting_for target = {.object = (uintptr_t)condition,
                                       .other = (uintptr_t)mutex,
                                       .lock = lock_table_find(mutex),
                                       .kind = TRACE_WAIT_CONDITION,
                                       .mode = mode};
    wait->is_woken = false;
    wait->wakes = wakes_enter(condition, TRACE_LOCK_CONDITION, address, pointer);
    wakes_wait_begin(wait->wakes);
    waiting_begin_for(&wait->waiting, &target, address, pointer);
}

void condition_wait_end(void *argument)
{
    struct condition_wait *wait = argument;
    waiting_end(&wait->waiting);
    wakes_wait_end(wait->wakes, wait->is_woken);
    acquire_wait_end(&wait->mutex);
}

EXPORTED int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes)
{
    int result = REAL_GET(pthread_cond_init)(condition, attributes);
    if (result == 0)
        hook_initialised(condition, TRACE_LOCK_CONDITION, CALLER);
    return result;
}

EXPORTED int pthread_cond_destroy(pthread_cond_t *condition)
{
    int result = REAL_GET(pthread_cond_destroy)(condition);
    hook_destroyed(condition);
    return result;
}

EXPORTED int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    CONDITION_WAIT(condition, mutex, 0, REAL_GET(pthread_cond_wait)(condition, mutex));
}

EXPORTED int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                    const struct timespec *deadline)
{
    CONDITION_WAIT(condition, mutex, TRACE_MODE_TIMED,
                   REAL_GET(pthread_cond_timedwait)(condition, mutex, deadline));
}

EXPORTED int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                    clockid_t clock, const struct timespec *deadline)
{
    CONDITION_WAIT(condition, mutex, TRACE_MODE_TIMED,
                   REAL_GET(pthread_cond_clockwait)(condition, mutex, clock, deadline));
}

EXPORTED int pthread_cond_signal(pthread_cond_t *condition)
{
    condition_signal(condition, false, CALLER);
    return REAL_GET(pthread_cond_signal)(condition);
}

EXPORTED int pthread_cond_broadcast(pthread_cond_t *condition)
{
    condition_signal(condition, true, CALLER);
    return REAL_GET(pthread_cond_broadcast)(condition);
}
