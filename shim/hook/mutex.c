/* pthread_mutex_*: all kinds. A blocking lock tries first, so that a thread that will sleep has
 * said for what; only EBUSY goes on to the blocking call. */
#include "shim/hook/mutex.h"

#include <errno.h>

#include "shim/core/lock_kind.h"
#include "shim/hook/standin.h"
#include "shim/platform/plain_mutex.h"

static const struct manner locking = {TRACE_LOCK_MUTEX, 0};
static const struct manner trying = {TRACE_LOCK_MUTEX, TRACE_MODE_TRY};
static const struct manner timed = {TRACE_LOCK_MUTEX, TRACE_MODE_TIMED};

EXPORTED int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    hook_begins(mutex, TRACE_LOCK_MUTEX, __func__, CALLER);
    int result = REAL_GET(pthread_mutex_init)(mutex, attributes);
    if (result == 0)
        hook_initialised(mutex, TRACE_LOCK_MUTEX, CALLER);
    else
        misuse_failed(MISUSE_OF_MUTEX, mutex, __func__, result, CALLER);
    return result;
}

EXPORTED int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    if (__builtin_expect(standin_on, 0) && standin_keeps(mutex))
        return EBUSY;
    const struct misuse_judgement judgement = hook_ends(mutex, TRACE_LOCK_MUTEX);
    int result = REAL_GET(pthread_mutex_destroy)(mutex);
    hook_ended(mutex, TRACE_LOCK_MUTEX, &judgement, __func__, result, CALLER);
    return result;
}

static bool is_acquired(int result)
{
    return result == 0 || result == EOWNERDEAD;
}

/* Waiters of these mutexes queue in no order, so that none loses its place. */
static int lock_in_parts(pthread_mutex_t *mutex, struct waiting *waiting)
{
    struct timespec deadline;
    int result;
    do {
        waiting_next_look(waiting, &deadline);
        result = REAL_GET(pthread_mutex_clocklock)(mutex, CLOCK_MONOTONIC, &deadline);
    } while (result == ETIMEDOUT);
    return result;
}

static int lock_busy(pthread_mutex_t *mutex, uintptr_t address, uintptr_t pointer)
{
    struct waiting waiting;
    waiting_begin(&waiting, mutex, locking, address, pointer);
    bool has_queue = lock_kind_flags(TRACE_LOCK_MUTEX, mutex) & TRACE_LOCK_PRIORITY;
    int result = waiting.is_shared && !has_queue ? lock_in_parts(mutex, &waiting)
                                                 : REAL(pthread_mutex_lock)(mutex);
    waiting_end(&waiting);
    return result;
}

/* Alone in the process, the blocking call is as good for a free mutex and saves the atomic
 * operation. A plain mutex that could not be taken in place is busy: another try would only pull
 * its cache line away from the owner once more. */
static int take_if_free(pthread_mutex_t *mutex)
{
    if (plain_mutex_is(mutex))
        return EBUSY;
    if (!hook_threads_started && mutex->__data.__lock == 0)
        return REAL(pthread_mutex_lock)(mutex);
    return REAL(pthread_mutex_trylock)(mutex);
}

static bool is_robust(const pthread_mutex_t *mutex)
{
    return lock_kind_flags(TRACE_LOCK_MUTEX, mutex) & TRACE_LOCK_ROBUST;
}

static int lock_failed(const pthread_mutex_t *mutex, int result, uintptr_t address,
                       uintptr_t pointer)
{
    hook_lock_failed(mutex, TRACE_LOCK_MUTEX, "pthread_mutex_lock", result, address, pointer);
    return result;
}

/* The request is made; `robust` mutexes are never tried. */
static __attribute__((noinline)) int lock_requested(pthread_mutex_t *mutex, bool robust,
                                                    uintptr_t address, uintptr_t pointer)
{
    int result = robust ? EBUSY : take_if_free(mutex);
    if (result == EBUSY)
        result = lock_busy(mutex, address, pointer);
    if (is_acquired(result))
        acquire_had(ACQUIRE_NEW, mutex, locking, address, pointer);
    return result == 0 ? 0 : lock_failed(mutex, result, address, pointer);
}

/* The request is new, or not one: a mutex held already counts (recursive), fails (error-checking)
 * or never returns (normal). */
static int lock_unseen_itself(pthread_mutex_t *mutex, uintptr_t address, uintptr_t pointer)
{
    enum acquire_result requested = acquire_request_slow(mutex, locking, address, pointer);
    if (requested == ACQUIRE_UNSEEN)
        return REAL_GET(pthread_mutex_lock)(mutex);
    if (requested == ACQUIRE_HELD) {
        int result = lock_busy(mutex, address, pointer);
        if (is_acquired(result))
            acquire_had_again(mutex, locking, address, pointer);
        return result == 0 ? 0 : lock_failed(mutex, result, address, pointer);
    }
    if (!plain_mutex_take(mutex, thread_self->kernel_tid))
        return lock_requested(mutex, is_robust(mutex), address, pointer);
    acquire_had(ACQUIRE_NEW, mutex, locking, address, pointer);
    return 0;
}

static int lock_call(const struct standin_call *call)
{
    return lock_unseen_itself((pthread_mutex_t *)call->object, call->address, call->pointer);
}

static __attribute__((noinline)) int lock_unseen(pthread_mutex_t *mutex, uintptr_t address,
                                                 uintptr_t pointer)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {mutex, locking, 0, NULL, lock_call, address, pointer};
        return standin_acquire(&call);
    }
    return lock_unseen_itself(mutex, address, pointer);
}

int mutex_lock_itself(pthread_mutex_t *mutex, uintptr_t address, uintptr_t pointer)
{
    if (!acquire_is_seen(thread_self, mutex, locking, address, pointer))
        return lock_unseen_itself(mutex, address, pointer);
    return lock_requested(mutex, false, address, pointer);
}

/* What is to be done where a mutex has just been taken, and its entry counts. */
static __attribute__((noinline)) int lock_had(struct shim_thread *self, pthread_mutex_t *mutex,
                                              uintptr_t address, uintptr_t pointer)
{
    if (self->top[-1].address != (uintptr_t)mutex)
        acquire_redo(mutex, locking, address, pointer);
    if (birth_mark_mutex_lacks(mutex))
        acquire_new_object(mutex, locking, address, pointer);
    events_acquired(self, TRACE_LOCK_MUTEX, mutex);
    return 0;
}

/* In the usual case nothing is called, so that no register needs to be kept for after it. */
static ALWAYS_INLINE int lock(struct shim_thread *self, pthread_mutex_t *mutex, bool records,
                              uintptr_t address, uintptr_t pointer)
{
    if (__builtin_expect(!acquire_is_seen(self, mutex, locking, address, pointer), 0))
        return lock_unseen(mutex, address, pointer);
    if (records)
        __builtin_prefetch(&mutex->__data.__list, 1);
    if (__builtin_expect(!plain_mutex_take(mutex, self->kernel_tid), 0))
        return lock_requested(mutex, false, address, pointer);
    acquire_move_top(self, 1);
    if (__builtin_expect(self->top[-1].address != (uintptr_t)mutex, 0) ||
        __builtin_expect(birth_mark_mutex_lacks(mutex), 0))
        return lock_had(self, mutex, address, pointer);
    if (records)
        events_held_alone(self, event_word_of_mutex(mutex));
    return 0;
}

/* A way of their own for threads that record events, so that others need no room for it. */
static __attribute__((noinline)) int lock_recording(struct shim_thread *self,
                                                    pthread_mutex_t *mutex, uintptr_t address,
                                                    uintptr_t pointer)
{
    return lock(self, mutex, true, address, pointer);
}

EXPORTED int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    struct shim_thread *self = thread_self;
    return events_are_on(self) ? lock_recording(self, mutex, CALLER)
                               : lock(self, mutex, false, CALLER);
}

int mutex_try_itself(pthread_mutex_t *mutex, struct manner manner, uintptr_t address,
                     uintptr_t pointer)
{
    uint32_t sample = events_sample(TRACE_LOCK_MUTEX, mutex);
    int result = REAL_GET(pthread_mutex_trylock)(mutex);
    if (is_acquired(result))
        acquire_had(acquire_request(mutex, manner, address, pointer), mutex, manner, address,
                    pointer);
    else if (result == EBUSY)
        events_try_failed(TRACE_LOCK_MUTEX, 0, mutex, sample, address, pointer);
    return result;
}

static int try_call(const struct standin_call *call)
{
    return mutex_try_itself((pthread_mutex_t *)call->object, trying, call->address, call->pointer);
}

EXPORTED int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {mutex, trying, 0, NULL, try_call, CALLER};
        return standin_acquire(&call);
    }
    return mutex_try_itself(mutex, trying, CALLER);
}

static int real_timed(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *deadline)
{
    if (clock == CLOCK_REALTIME)
        return REAL_GET(pthread_mutex_timedlock)(mutex, deadline);
    return REAL_GET(pthread_mutex_clocklock)(mutex, clock, deadline);
}

/* A bad timeout must fail as it would, so the real function is called at once. */
static int timed_named(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *deadline,
                       const char *function, uintptr_t address, uintptr_t pointer)
{
    enum acquire_result requested = acquire_request(mutex, timed, address, pointer);
    struct waiting waiting;
    waiting_begin(&waiting, mutex, timed, address, pointer);
    int result = real_timed(mutex, clock, deadline);
    waiting_end(&waiting);
    if (is_acquired(result))
        acquire_had(requested, mutex, timed, address, pointer);
    if (__builtin_expect(result != 0, 0))
        hook_lock_failed(mutex, TRACE_LOCK_MUTEX, function, result, address, pointer);
    return result;
}

int mutex_timed_itself(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *deadline,
                       uintptr_t address, uintptr_t pointer)
{
    const char *function =
        clock == CLOCK_REALTIME ? "pthread_mutex_timedlock" : "pthread_mutex_clocklock";
    return timed_named(mutex, clock, deadline, function, address, pointer);
}

static int timed_call(const struct standin_call *call)
{
    return mutex_timed_itself((pthread_mutex_t *)call->object, call->clock, call->deadline,
                              call->address, call->pointer);
}

#define TIMED_LOCK(mutex, clock, deadline)                                                         \
    if (__builtin_expect(standin_on, 0)) {                                                         \
        const struct standin_call call = {mutex, timed, clock, deadline, timed_call, CALLER};      \
        return standin_acquire(&call);                                                             \
    }                                                                                              \
    return timed_named(mutex, clock, deadline, __func__, CALLER)

EXPORTED int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *deadline)
{
    TIMED_LOCK(mutex, CLOCK_REALTIME, deadline);
}

EXPORTED int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
                                     const struct timespec *deadline)
{
    TIMED_LOCK(mutex, clock, deadline);
}

/* Not the mutex acquired last, or one that would not be released. */
static int unlock_other_itself(pthread_mutex_t *mutex, uintptr_t address, uintptr_t pointer)
{
    held_time_end(mutex, "pthread_mutex_unlock", address, pointer);
    bool held = acquire_release_slow(mutex);
    struct misuse_judgement judgement = {.rule = MISUSE_NONE};
    if (!held) {
        judgement = misuse_of_unlock(TRACE_LOCK_MUTEX, mutex);
        events_released_by_other(mutex, address, pointer);
    }
    int result = REAL_GET(pthread_mutex_unlock)(mutex);
    hook_released(mutex, TRACE_LOCK_MUTEX, &judgement, "pthread_mutex_unlock", result, address,
                  pointer);
    if (held && result != 0)
        acquire_restore(mutex, locking, address, pointer);
    if (!held && result == 0)
        acquire_released_foreign(mutex, address, pointer);
    else if (!held)
        events_not_released(mutex, address, pointer);
    perturb_here(address);
    return result;
}

static int unlock_call(const struct standin_call *call)
{
    return unlock_other_itself((pthread_mutex_t *)call->object, call->address, call->pointer);
}

static __attribute__((noinline)) int unlock_other(pthread_mutex_t *mutex, uintptr_t address,
                                                  uintptr_t pointer)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {mutex, locking, 0, NULL, unlock_call, address, pointer};
        return standin_release(&call);
    }
    return unlock_other_itself(mutex, address, pointer);
}

int mutex_unlock_itself(pthread_mutex_t *mutex, uintptr_t address, uintptr_t pointer)
{
    return unlock_other_itself(mutex, address, pointer);
}

/* Its entry is no longer there. */
static __attribute__((noinline)) int unlock_really(pthread_mutex_t *mutex, uintptr_t address,
                                                   uintptr_t pointer)
{
    int result = REAL(pthread_mutex_unlock)(mutex);
    if (__builtin_expect(result != 0, 0))
        acquire_restore(mutex, locking, address, pointer);
    return result;
}

static ALWAYS_INLINE int unlock_last(struct shim_thread *self, pthread_mutex_t *mutex,
                                     uintptr_t address, uintptr_t pointer)
{
    acquire_drop_last(self);
    return __builtin_expect(plain_mutex_give_back(mutex), 1)
               ? 0
               : unlock_really(mutex, address, pointer);
}

/* A mutex that counts elsewhere. */
static __attribute__((noinline)) int unlock_counted(struct shim_thread *self,
                                                    pthread_mutex_t *mutex, uintptr_t address,
                                                    uintptr_t pointer)
{
    events_mutex_release(self, mutex);
    return unlock_last(self, mutex, address, pointer);
}

/* Its number is taken; there is no room for the event. */
static __attribute__((noinline)) int unlock_full(struct shim_thread *self, pthread_mutex_t *mutex,
                                                 uintptr_t address, uintptr_t pointer,
                                                 uint32_t number)
{
    events_release_as(self, number);
    return unlock_last(self, mutex, address, pointer);
}

static __attribute__((noinline)) int unlock_recording(struct shim_thread *self,
                                                      pthread_mutex_t *mutex, uintptr_t address,
                                                      uintptr_t pointer)
{
    uint32_t number;
    if (__builtin_expect(!acquire_is_last(self, mutex), 0))
        return unlock_other(mutex, address, pointer);
    if (__builtin_expect(!plain_mutex_is(mutex), 0) ||
        __builtin_expect(birth_mark_mutex_lacks(mutex), 0))
        return unlock_counted(self, mutex, address, pointer);
    if (__builtin_expect(!events_given_alone(self, event_word_of_mutex(mutex), &number), 0))
        return unlock_full(self, mutex, address, pointer, number);
    return unlock_last(self, mutex, address, pointer);
}

EXPORTED int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    struct shim_thread *self = thread_self;
    if (events_are_on(self))
        return unlock_recording(self, mutex, CALLER);
    return __builtin_expect(acquire_is_last(self, mutex), 1) ? unlock_last(self, mutex, CALLER)
                                                             : unlock_other(mutex, CALLER);
}

EXPORTED_ALIAS(pthread_mutex_init);
EXPORTED_ALIAS(pthread_mutex_destroy);
EXPORTED_ALIAS(pthread_mutex_lock);
EXPORTED_ALIAS(pthread_mutex_trylock);
EXPORTED_ALIAS(pthread_mutex_unlock);
