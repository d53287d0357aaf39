/* pthread_cond_*.
 *
 * Exported as GLIBC_2.3.2 (see exports.map): programs bound to the older ABI, whose condition is
 * another structure, must go on finding the C library's own. */
#include "shim/hook/condition.h"

void condition_wait_end(void *wait)
{
    acquire_wait_end(wait);
}

EXPORTED int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    CONDITION_WAIT(mutex, REAL_GET(pthread_cond_wait)(condition, mutex));
}

EXPORTED int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                    const struct timespec *deadline)
{
    CONDITION_WAIT(mutex, REAL_GET(pthread_cond_timedwait)(condition, mutex, deadline));
}

EXPORTED int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                    clockid_t clock, const struct timespec *deadline)
{
    CONDITION_WAIT(mutex, REAL_GET(pthread_cond_clockwait)(condition, mutex, clock, deadline));
}

EXPORTED int pthread_cond_signal(pthread_cond_t *condition)
{
    acquire_note_signal();
    return REAL_GET(pthread_cond_signal)(condition);
}

EXPORTED int pthread_cond_broadcast(pthread_cond_t *condition)
{
    acquire_note_signal();
    return REAL_GET(pthread_cond_broadcast)(condition);
}
