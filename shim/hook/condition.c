/* pthread_cond_*wait: gives the mutex back and asks for it again, inside the C library. The request
 * is recorded before the thread waits. A cancelled wait returns through the cleanup handler with
 * the mutex held.
 *
 * Exported as GLIBC_2.3.2 (see exports.map): programs bound to the older ABI, whose condition is
 * another structure, must go on finding the C library's own. */
#include "shim/hook/hook.h"

static void end(void *context)
{
    acquire_wait_end(context);
}

#define WAIT(mutex, CALL)                                                                          \
    struct acquire_wait wait;                                                                      \
    int result;                                                                                    \
    acquire_wait_begin(mutex, CALLER, &wait);                                                      \
    pthread_cleanup_push(end, &wait);                                                              \
    result = CALL;                                                                                 \
    pthread_cleanup_pop(1);                                                                        \
    return result

EXPORTED int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    WAIT(mutex, REAL_GET(pthread_cond_wait)(condition, mutex));
}

EXPORTED int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                    const struct timespec *deadline)
{
    WAIT(mutex, REAL_GET(pthread_cond_timedwait)(condition, mutex, deadline));
}

EXPORTED int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                    clockid_t clock, const struct timespec *deadline)
{
    WAIT(mutex, REAL_GET(pthread_cond_clockwait)(condition, mutex, clock, deadline));
}
