/* pthread_rwlock_*: a reader and a writer request differ in mode only. */
#include "shim/hook/standin.h"

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

/* Each of these defines what a function of that name does where no fix is applied, for a hook and
 * for a call that a fix has been applied to, and the hook.
 *
 * The try form answers EBUSY also where the blocking one answers EDEADLK, and EAGAIN where it may
 * wait: both go on to the blocking call. */
#define BLOCKING(NAME, MODE, TRY, CLOCK_LOCK)                                                      \
    static ALWAYS_INLINE int NAME##_itself(pthread_rwlock_t *rwlock, bool is_seen,                 \
                                           uintptr_t address, uintptr_t pointer)                   \
    {                                                                                              \
        const struct manner manner = {TRACE_LOCK_RWLOCK, MODE};                                    \
        enum acquire_result requested =                                                            \
            __builtin_expect(is_seen, 1) ? ACQUIRE_NEW                                             \
                                         : acquire_request_slow(rwlock, manner, address, pointer); \
        if (__builtin_expect(requested == ACQUIRE_UNSEEN, 0))                                      \
            return REAL_GET(NAME)(rwlock);                                                         \
        int result = REAL(TRY)(rwlock);                                                            \
        if (__builtin_expect(result == EBUSY || result == EAGAIN, 0)) {                            \
            struct waiting waiting;                                                                \
            waiting_begin(&waiting, rwlock, manner, address, pointer);                             \
            result = waiting.is_shared ? lock_in_parts(REAL_GET(CLOCK_LOCK), rwlock, &waiting)     \
                                       : REAL(NAME)(rwlock);                                       \
            waiting_end(&waiting);                                                                 \
        }                                                                                          \
        if (__builtin_expect(result != 0, 0))                                                      \
            hook_lock_failed(rwlock, TRACE_LOCK_RWLOCK, #NAME, result, address, pointer);          \
        else if (__builtin_expect(requested == ACQUIRE_NEW, 1))                                    \
            acquire_had_new(rwlock, manner, address, pointer);                                     \
        else                                                                                       \
            acquire_had_again(rwlock, manner, address, pointer);                                   \
        return result;                                                                             \
    }                                                                                              \
                                                                                                   \
    static int NAME##_call(const struct standin_call *call)                                        \
    {                                                                                              \
        return NAME##_itself((pthread_rwlock_t *)call->object, false, call->address,               \
                             call->pointer);                                                       \
    }                                                                                              \
                                                                                                   \
    EXPORTED int NAME(pthread_rwlock_t *rwlock)                                                    \
    {                                                                                              \
        const struct manner manner = {TRACE_LOCK_RWLOCK, MODE};                                    \
        bool is_seen = acquire_is_seen(thread_self, rwlock, manner, CALLER);                       \
        if (__builtin_expect(!is_seen, 0) && standin_on) {                                         \
            const struct standin_call call = {rwlock, manner, 0, NULL, NAME##_call, CALLER};       \
            return standin_acquire(&call);                                                         \
        }                                                                                          \
        return NAME##_itself(rwlock, is_seen, CALLER);                                             \
    }

BLOCKING(pthread_rwlock_rdlock, TRACE_MODE_READ, pthread_rwlock_tryrdlock,
         pthread_rwlock_clockrdlock)
BLOCKING(pthread_rwlock_wrlock, 0, pthread_rwlock_trywrlock, pthread_rwlock_clockwrlock)

#define TRYING(NAME, MODE)                                                                         \
    static int NAME##_call(const struct standin_call *call)                                        \
    {                                                                                              \
        pthread_rwlock_t *rwlock = (pthread_rwlock_t *)call->object;                               \
        uint32_t sample = events_sample(TRACE_LOCK_RWLOCK, rwlock);                                \
        int result = REAL_GET(NAME)(rwlock);                                                       \
        if (result == 0)                                                                           \
            acquire_had(acquire_request(rwlock, call->manner, call->address, call->pointer),       \
                        rwlock, call->manner, call->address, call->pointer);                       \
        else if (result == EBUSY)                                                                  \
            events_try_failed(TRACE_LOCK_RWLOCK, MODE, rwlock, sample, call->address,              \
                              call->pointer);                                                      \
        return result;                                                                             \
    }                                                                                              \
                                                                                                   \
    EXPORTED int NAME(pthread_rwlock_t *rwlock)                                                    \
    {                                                                                              \
        const struct standin_call call = {.object = rwlock,                                        \
                                          {TRACE_LOCK_RWLOCK, (MODE) | TRACE_MODE_TRY},            \
                                          0,                                                       \
                                          NULL,                                                    \
                                          NAME##_call,                                             \
                                          CALLER};                                                 \
        return __builtin_expect(standin_on, 0) ? standin_acquire(&call) : NAME##_call(&call);      \
    }

TRYING(pthread_rwlock_tryrdlock, TRACE_MODE_READ)
TRYING(pthread_rwlock_trywrlock, 0)

/* IN_CALL are the arguments, PARAMETERS, as a call has them. */
#define TIMED(NAME, MODE, CLOCK, PARAMETERS, IN_CALL)                                              \
    static int NAME##_call(const struct standin_call *call)                                        \
    {                                                                                              \
        pthread_rwlock_t *rwlock = (pthread_rwlock_t *)call->object;                               \
        enum acquire_result requested =                                                            \
            acquire_request(rwlock, call->manner, call->address, call->pointer);                   \
        struct waiting waiting;                                                                    \
        waiting_begin(&waiting, rwlock, call->manner, call->address, call->pointer);               \
        int result = REAL_GET(NAME) IN_CALL;                                                       \
        waiting_end(&waiting);                                                                     \
        if (result == 0)                                                                           \
            acquire_had(requested, rwlock, call->manner, call->address, call->pointer);            \
        else                                                                                       \
            hook_lock_failed(rwlock, TRACE_LOCK_RWLOCK, #NAME, result, call->address,              \
                             call->pointer);                                                       \
        return result;                                                                             \
    }                                                                                              \
                                                                                                   \
    EXPORTED int NAME PARAMETERS                                                                   \
    {                                                                                              \
        const struct standin_call call = {.object = rwlock,                                        \
                                          {TRACE_LOCK_RWLOCK, (MODE) | TRACE_MODE_TIMED},          \
                                          CLOCK,                                                   \
                                          deadline,                                                \
                                          NAME##_call,                                             \
                                          CALLER};                                                 \
        return __builtin_expect(standin_on, 0) ? standin_acquire(&call) : NAME##_call(&call);      \
    }

#define TIMED_UNTIL(NAME, MODE)                                                                    \
    TIMED(NAME, MODE, CLOCK_REALTIME,                                                              \
          (pthread_rwlock_t * rwlock, const struct timespec *deadline), (rwlock, call->deadline))
#define TIMED_BY_CLOCK(NAME, MODE)                                                                 \
    TIMED(NAME, MODE, clock,                                                                       \
          (pthread_rwlock_t * rwlock, clockid_t clock, const struct timespec *deadline),           \
          (rwlock, call->clock, call->deadline))

TIMED_UNTIL(pthread_rwlock_timedrdlock, TRACE_MODE_READ)
TIMED_UNTIL(pthread_rwlock_timedwrlock, 0)
TIMED_BY_CLOCK(pthread_rwlock_clockrdlock, TRACE_MODE_READ)
TIMED_BY_CLOCK(pthread_rwlock_clockwrlock, 0)

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

static int unlock_call(const struct standin_call *call)
{
    pthread_rwlock_t *rwlock = (pthread_rwlock_t *)call->object;
    held_time_end(rwlock, "pthread_rwlock_unlock", call->address, call->pointer);
    return acquire_release_slow(rwlock) ? unlock_held(rwlock, call->address, call->pointer)
                                        : unlock_not_held(rwlock, call->address, call->pointer);
}

/* Not the lock acquired last. */
static __attribute__((noinline)) int unlock_other(pthread_rwlock_t *rwlock, uintptr_t address,
                                                  uintptr_t pointer)
{
    const struct standin_call call = {rwlock, {TRACE_LOCK_RWLOCK, 0}, 0, NULL, unlock_call, address,
                                      pointer};
    return standin_on ? standin_release(&call) : unlock_call(&call);
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
