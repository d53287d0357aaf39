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

static __attribute__((noinline)) int lock_busy(pthread_rwlock_t *rwlock, uint16_t mode,
                                               uintptr_t address, uintptr_t pointer)
{
    struct waiting waiting;
    const struct manner manner = {TRACE_LOCK_RWLOCK, mode};
    bool reads = mode & TRACE_MODE_READ;
    int result;
    waiting_begin(&waiting, rwlock, manner, address, pointer);
    if (waiting.is_shared)
        result = lock_in_parts(reads ? REAL_GET(pthread_rwlock_clockrdlock)
                                     : REAL_GET(pthread_rwlock_clockwrlock),
                               rwlock, &waiting);
    else
        result = reads ? REAL(pthread_rwlock_rdlock)(rwlock) : REAL(pthread_rwlock_wrlock)(rwlock);
    waiting_end(&waiting);
    return result;
}

/* What the try form answered. It says EBUSY also where the blocking one says EDEADLK, and EAGAIN
 * where that may wait: both go on to the blocking call. */
static __attribute__((noinline)) int lock_tried(pthread_rwlock_t *rwlock, uint16_t mode, int result,
                                                enum acquire_result requested, uintptr_t address,
                                                uintptr_t pointer)
{
    const struct manner manner = {TRACE_LOCK_RWLOCK, mode};
    if (result == EBUSY || result == EAGAIN)
        result = lock_busy(rwlock, mode, address, pointer);
    if (result == 0)
        acquire_had(requested, rwlock, manner, address, pointer);
    else
        hook_lock_failed(rwlock, TRACE_LOCK_RWLOCK,
                         mode & TRACE_MODE_READ ? "pthread_rwlock_rdlock" : "pthread_rwlock_wrlock",
                         result, address, pointer);
    return result;
}

static ALWAYS_INLINE int try_lock(pthread_rwlock_t *rwlock, uint16_t mode)
{
    return mode & TRACE_MODE_READ ? REAL(pthread_rwlock_tryrdlock)(rwlock)
                                  : REAL(pthread_rwlock_trywrlock)(rwlock);
}

static int lock_unseen_itself(pthread_rwlock_t *rwlock, uint16_t mode, uintptr_t address,
                              uintptr_t pointer)
{
    const struct manner manner = {TRACE_LOCK_RWLOCK, mode};
    enum acquire_result requested = acquire_request_slow(rwlock, manner, address, pointer);
    if (requested == ACQUIRE_UNSEEN)
        return mode & TRACE_MODE_READ ? REAL_GET(pthread_rwlock_rdlock)(rwlock)
                                      : REAL_GET(pthread_rwlock_wrlock)(rwlock);
    return lock_tried(rwlock, mode, try_lock(rwlock, mode), requested, address, pointer);
}

static int lock_call(const struct standin_call *call)
{
    return lock_unseen_itself((pthread_rwlock_t *)call->object, call->manner.mode, call->address,
                              call->pointer);
}

static __attribute__((noinline)) int lock_unseen(pthread_rwlock_t *rwlock, uint16_t mode,
                                                 uintptr_t address, uintptr_t pointer)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct manner manner = {TRACE_LOCK_RWLOCK, mode};
        const struct standin_call call = {rwlock, manner, 0, NULL, lock_call, address, pointer};
        return standin_acquire(&call);
    }
    return lock_unseen_itself(rwlock, mode, address, pointer);
}

/* Its entry counts; it is one that has no mark, or whose entry a signal handler has overwritten. */
static __attribute__((noinline)) int lock_had(struct shim_thread *self, pthread_rwlock_t *rwlock,
                                              uint16_t mode, uintptr_t address, uintptr_t pointer)
{
    const struct manner manner = {TRACE_LOCK_RWLOCK, mode};
    if (self->top[-1].address != (uintptr_t)rwlock)
        acquire_redo(rwlock, manner, address, pointer);
    if (birth_mark_is_missing(TRACE_LOCK_RWLOCK, rwlock))
        acquire_new_object(rwlock, manner, address, pointer);
    events_acquired(self, TRACE_LOCK_RWLOCK, rwlock);
    return 0;
}

static ALWAYS_INLINE int lock(pthread_rwlock_t *rwlock, uint16_t mode, uintptr_t address,
                              uintptr_t pointer)
{
    struct shim_thread *self = thread_self;
    const struct manner manner = {TRACE_LOCK_RWLOCK, mode};
    if (__builtin_expect(!acquire_is_seen(self, rwlock, manner, address, pointer), 0))
        return lock_unseen(rwlock, mode, address, pointer);
    int result = try_lock(rwlock, mode);
    if (__builtin_expect(result != 0, 0))
        return lock_tried(rwlock, mode, result, ACQUIRE_NEW, address, pointer);
    acquire_move_top(self, 1);
    event_word *word = event_word_inside(TRACE_LOCK_RWLOCK, rwlock);
    if (__builtin_expect(!word || self->top[-1].address != (uintptr_t)rwlock, 0))
        return lock_had(self, rwlock, mode, address, pointer);
    if (events_are_on(self))
        events_held_at(self, word, mode);
    return 0;
}

EXPORTED int pthread_rwlock_rdlock(pthread_rwlock_t *rwlock)
{
    return lock(rwlock, TRACE_MODE_READ, CALLER);
}

EXPORTED int pthread_rwlock_wrlock(pthread_rwlock_t *rwlock)
{
    return lock(rwlock, 0, CALLER);
}

#define TRYING(NAME, MODE)                                                                         \
    static ALWAYS_INLINE int NAME##_itself(pthread_rwlock_t *rwlock, uintptr_t address,            \
                                           uintptr_t pointer)                                      \
    {                                                                                              \
        const struct manner manner = {TRACE_LOCK_RWLOCK, (MODE) | TRACE_MODE_TRY};                 \
        uint32_t sample = events_sample(TRACE_LOCK_RWLOCK, rwlock);                                \
        int result = REAL_GET(NAME)(rwlock);                                                       \
        if (result == 0)                                                                           \
            acquire_had(acquire_request(rwlock, manner, address, pointer), rwlock, manner,         \
                        address, pointer);                                                         \
        else if (result == EBUSY)                                                                  \
            events_try_failed(TRACE_LOCK_RWLOCK, MODE, rwlock, sample, address, pointer);          \
        return result;                                                                             \
    }                                                                                              \
                                                                                                   \
    static int NAME##_call(const struct standin_call *call)                                        \
    {                                                                                              \
        return NAME##_itself((pthread_rwlock_t *)call->object, call->address, call->pointer);      \
    }                                                                                              \
                                                                                                   \
    EXPORTED int NAME(pthread_rwlock_t *rwlock)                                                    \
    {                                                                                              \
        if (__builtin_expect(standin_on, 0)) {                                                     \
            const struct manner manner = {TRACE_LOCK_RWLOCK, (MODE) | TRACE_MODE_TRY};             \
            const struct standin_call call = {rwlock, manner, 0, NULL, NAME##_call, CALLER};       \
            return standin_acquire(&call);                                                         \
        }                                                                                          \
        return NAME##_itself(rwlock, CALLER);                                                      \
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

static __attribute__((noinline)) int unlock_failed(pthread_rwlock_t *rwlock, int result,
                                                   uintptr_t address, uintptr_t pointer)
{
    acquire_restore(rwlock, (struct manner){TRACE_LOCK_RWLOCK, 0}, address, pointer);
    misuse_failed(MISUSE_OF_RWLOCK, rwlock, "pthread_rwlock_unlock", result, address, pointer);
    return result;
}

static ALWAYS_INLINE int unlock_held(pthread_rwlock_t *rwlock, uintptr_t address, uintptr_t pointer)
{
    int result = REAL_GET(pthread_rwlock_unlock)(rwlock);
    return __builtin_expect(result == 0, 1) ? 0 : unlock_failed(rwlock, result, address, pointer);
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
    int result = standin_on ? standin_release(&call) : unlock_call(&call);
    perturb_here(address);
    return result;
}

EXPORTED int pthread_rwlock_unlock(pthread_rwlock_t *rwlock)
{
    struct shim_thread *self = thread_self;
    if (__builtin_expect(!acquire_is_last(self, rwlock), 0))
        return unlock_other(rwlock, CALLER);
    if (events_are_on(self))
        events_release_at(self, TRACE_LOCK_RWLOCK, event_word_inside(TRACE_LOCK_RWLOCK, rwlock));
    acquire_drop_last(self);
    return unlock_held(rwlock, CALLER);
}

EXPORTED_ALIAS(pthread_rwlock_init);
EXPORTED_ALIAS(pthread_rwlock_destroy);
EXPORTED_ALIAS(pthread_rwlock_rdlock);
EXPORTED_ALIAS(pthread_rwlock_wrlock);
EXPORTED_ALIAS(pthread_rwlock_tryrdlock);
EXPORTED_ALIAS(pthread_rwlock_trywrlock);
EXPORTED_ALIAS(pthread_rwlock_unlock);
