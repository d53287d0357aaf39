/* pthread_rwlock_*: a reader and a writer request differ in mode only. */
#include "shim/hook/hook.h"

#include <errno.h>

EXPORTED int pthread_rwlock_init(pthread_rwlock_t *rwlock, const pthread_rwlockattr_t *attributes)
{
    int result = REAL_GET(pthread_rwlock_init)(rwlock, attributes);
    if (result == 0)
        hook_initialised(rwlock, TRACE_LOCK_RWLOCK, CALLER);
    return result;
}

EXPORTED int pthread_rwlock_destroy(pthread_rwlock_t *rwlock)
{
    int result = REAL_GET(pthread_rwlock_destroy)(rwlock);
    if (result == 0)
        hook_destroyed(rwlock);
    return result;
}

/* A lock that processes share. */
static int lock_in_parts(int (*lock)(pthread_rwlock_t *, clockid_t, const struct timespec *),
                         pthread_rwlock_t *rwlock, struct waiting *waiting)
{
    struct timespec deadline;
    int result;
    do {
        waiting_next_look(waiting, &deadline);
        result = lock(rwlock, CLOCK_MONOTONIC, &deadline);
    } while (result == ETIMEDOUT);
    return result;
}

/* The try form answers EBUSY also where the blocking one answers EDEADLK, and EAGAIN where it may
 * wait: both go on to the blocking call. */
#define BLOCKING(rwlock, MODE, TRY, LOCK, CLOCK_LOCK)                                              \
    const struct manner manner = {TRACE_LOCK_RWLOCK, MODE};                                        \
    enum acquire_result requested = acquire_request(rwlock, manner, CALLER);                       \
    if (__builtin_expect(requested == ACQUIRE_UNSEEN, 0))                                          \
        return REAL_GET(LOCK)(rwlock);                                                             \
    int result = REAL(TRY)(rwlock);                                                                \
    if (__builtin_expect(result == EBUSY || result == EAGAIN, 0)) {                                \
        struct waiting waiting;                                                                    \
        waiting_begin(&waiting, rwlock, manner, CALLER);                                           \
        result = waiting.is_shared ? lock_in_parts(REAL_GET(CLOCK_LOCK), rwlock, &waiting)         \
                                   : REAL(LOCK)(rwlock);                                           \
        waiting_end(&waiting);                                                                     \
    }                                                                                              \
    if (__builtin_expect(result == 0, 1))                                                          \
        acquire_had(requested, rwlock, manner, CALLER);                                            \
    return result

#define TRYING(rwlock, MODE, TRY)                                                                  \
    const struct manner manner = {TRACE_LOCK_RWLOCK, (MODE) | TRACE_MODE_TRY};                     \
    int result = REAL_GET(TRY)(rwlock);                                                            \
    if (result == 0)                                                                               \
        acquire_had(acquire_request(rwlock, manner, CALLER), rwlock, manner, CALLER);              \
    return result

#define TIMED(rwlock, MODE, CALL)                                                                  \
    const struct manner manner = {TRACE_LOCK_RWLOCK, (MODE) | TRACE_MODE_TIMED};                   \
    enum acquire_result requested = acquire_request(rwlock, manner, CALLER);                       \
    struct waiting waiting;                                                                        \
    waiting_begin(&waiting, rwlock, manner, CALLER);                                               \
    int result = CALL;                                                                             \
    waiting_end(&waiting);                                                                         \
    if (result == 0)                                                                               \
        acquire_had(requested, rwlock, manner, CALLER);                                            \
    return result

EXPORTED int pthread_rwlock_rdlock(pthread_rwlock_t *rwlock)
{
    BLOCKING(rwlock, TRACE_MODE_READ, pthread_rwlock_tryrdlock, pthread_rwlock_rdlock,
             pthread_rwlock_clockrdlock);
}

EXPORTED int pthread_rwlock_wrlock(pthread_rwlock_t *rwlock)
{
    BLOCKING(rwlock, 0, pthread_rwlock_trywrlock, pthread_rwlock_wrlock,
             pthread_rwlock_clockwrlock);
}

EXPORTED int pthread_rwlock_tryrdlock(pthread_rwlock_t *rwlock)
{
    TRYING(rwlock, TRACE_MODE_READ, pthread_rwlock_tryrdlock);
}

EXPORTED int pthread_rwlock_trywrlock(pthread_rwlock_t *rwlock)
{
    TRYING(rwlock, 0, pthread_rwlock_trywrlock);
}

EXPORTED int pthread_rwlock_timedrdlock(pthread_rwlock_t *rwlock, const struct timespec *deadline)
{
    TIMED(rwlock, TRACE_MODE_READ, REAL_GET(pthread_rwlock_timedrdlock)(rwlock, deadline));
}

EXPORTED int pthread_rwlock_timedwrlock(pthread_rwlock_t *rwlock, const struct timespec *deadline)
{
    TIMED(rwlock, 0, REAL_GET(pthread_rwlock_timedwrlock)(rwlock, deadline));
}

EXPORTED int pthread_rwlock_clockrdlock(pthread_rwlock_t *rwlock, clockid_t clock,
                                        const struct timespec *deadline)
{
    TIMED(rwlock, TRACE_MODE_READ, REAL_GET(pthread_rwlock_clockrdlock)(rwlock, clock, deadline));
}

EXPORTED int pthread_rwlock_clockwrlock(pthread_rwlock_t *rwlock, clockid_t clock,
                                        const struct timespec *deadline)
{
    TIMED(rwlock, 0, REAL_GET(pthread_rwlock_clockwrlock)(rwlock, clock, deadline));
}

EXPORTED int pthread_rwlock_unlock(pthread_rwlock_t *rwlock)
{
    bool held = acquire_release(rwlock);
    int result = REAL_GET(pthread_rwlock_unlock)(rwlock);
    if (__builtin_expect(held != (result == 0), 0)) {
        if (held)
            acquire_restore(rwlock, (struct manner){TRACE_LOCK_RWLOCK, 0}, CALLER);
        else
            acquire_released_foreign(rwlock, CALLER);
    }
    return result;
}

EXPORTED_ALIAS(pthread_rwlock_init);
EXPORTED_ALIAS(pthread_rwlock_destroy);
EXPORTED_ALIAS(pthread_rwlock_rdlock);
EXPORTED_ALIAS(pthread_rwlock_wrlock);
EXPORTED_ALIAS(pthread_rwlock_tryrdlock);
EXPORTED_ALIAS(pthread_rwlock_trywrlock);
EXPORTED_ALIAS(pthread_rwlock_unlock);
