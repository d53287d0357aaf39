/* pthread_rwlock_*: a reader and a writer request differ in mode only. */
#include "shim/hook/hook.h"

#include <errno.h>

EXPORTED int pthread_rwlock_init(pthread_rwlock_t *rwlock, const pthread_rwlockattr_t *attributes)
{
    hook_begins(rwlock, TRACE_LOCK_RWLOCK, __func__, CALLER);
    int result = REAL_GET(pthread_rwlock_init)(rwlock, attributes);
    if (result == 0)
        hook_initialised(rwlock, TRACE_LOCK_RWLOCK, CALLER);
    else
        misuse_failed(MISUSE_OF_RWLOCK, rwlock, __func__, result, CALLER);
    return result;
}

EXPORTED int pthread_rwlock_destroy(pthread_rwlock_t *rwlock)
{
    const struct misuse_judgement judgement = hook_ends(rwlock, TRACE_LOCK_RWLOCK);
    int result = REAL_GET(pthread_rwlock_destroy)(rwlock);
    hook_ended(rwlock, TRACE_LOCK_RWLOCK, &judgement, __func__, result, CALLER);
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
    bool is_seen = acquire_is_seen(thread_self, rwlock, manner, CALLER);                           \
    enum acquire_result requested =                                                                \
        __builtin_expect(is_seen, 1) ? ACQUIRE_NEW : acquire_request_slow(rwlock, manner, CALLER); \
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
    if (__builtin_expect(result != 0, 0))                                                          \
        hook_lock_failed(rwlock, TRACE_LOCK_RWLOCK, __func__, result, CALLER);                     \
    else if (__builtin_expect(requested == ACQUIRE_NEW, 1))                                        \
        acquire_had_new(rwlock, manner, CALLER);                                                   \
    else                                                                                           \
        acquire_had_again(rwlock, manner, CALLER);                                                 \
    return result

#define TRYING(rwlock, MODE, TRY)                                                                  \
    const struct manner manner = {TRACE_LOCK_RWLOCK, (MODE) | TRACE_MODE_TRY};                     \
    uint32_t sample = events_sample(TRACE_LOCK_RWLOCK, rwlock);                                    \
    int result = REAL_GET(TRY)(rwlock);                                                            \
    if (result == 0)                                                                               \
        acquire_had(acquire_request(rwlock, manner, CALLER), rwlock, manner, CALLER);              \
    else if (result == EBUSY)                                                                      \
        events_try_failed(TRACE_LOCK_RWLOCK, MODE, rwlock, sample, CALLER);                        \
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
    else                                                                                           \
        hook_lock_failed(rwlock, TRACE_LOCK_RWLOCK, __func__, result, CALLER);                     \
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

static int unlock_not_held(pthread_rwlock_t *rwlock, uintptr_t address, uintptr_t pointer)
{
    const struct misuse_judgement judgement = misuse_of_unlock(TRACE_LOCK_RWLOCK, rwlock);
    events_released_by_other(rwlock, address, pointer);
    int result = REAL_GET(pthread_rwlock_unlock)(rwlock);
    hook_released(rwlock, TRACE_LOCK_RWLOCK, &judgement, "pthread_rwlock_unlock", result, address,
                  pointer);
    if (result == 0)
        acquire_released_foreign(rwlock, address, pointer);
    else
        events_not_released(rwlock, address, pointer);
    return result;
}

static ALWAYS_INLINE int unlock_held(pthread_rwlock_t *rwlock, uintptr_t address, uintptr_t pointer)
{
    int result = REAL_GET(pthread_rwlock_unlock)(rwlock);
    if (__builtin_expect(result != 0, 0)) {
        acquire_restore(rwlock, (struct manner){TRACE_LOCK_RWLOCK, 0}, address, pointer);
        misuse_failed(MISUSE_OF_RWLOCK, rwlock, "pthread_rwlock_unlock", result, address, pointer);
    }
    return result;
}

/* Not the lock acquired last. */
static __attribute__((noinline)) int unlock_other(pthread_rwlock_t *rwlock, uintptr_t address,
                                                  uintptr_t pointer)
{
    held_time_end(rwlock, "pthread_rwlock_unlock", address, pointer);
    return acquire_release_slow(rwlock) ? unlock_held(rwlock, address, pointer)
                                        : unlock_not_held(rwlock, address, pointer);
}

EXPORTED int pthread_rwlock_unlock(pthread_rwlock_t *rwlock)
{
    return __builtin_expect(acquire_release_last(rwlock, TRACE_LOCK_RWLOCK), 1)
               ? unlock_held(rwlock, CALLER)
               : unlock_other(rwlock, CALLER);
}

EXPORTED_ALIAS(pthread_rwlock_init);
EXPORTED_ALIAS(pthread_rwlock_destroy);
EXPORTED_ALIAS(pthread_rwlock_rdlock);
EXPORTED_ALIAS(pthread_rwlock_wrlock);
EXPORTED_ALIAS(pthread_rwlock_tryrdlock);
EXPORTED_ALIAS(pthread_rwlock_trywrlock);
EXPORTED_ALIAS(pthread_rwlock_unlock);
