/* mtx_*, cnd_*, thrd_*, call_once: the C library's own go past the pthread functions, so they have
 * hooks of their own. What they work on is the same: an mtx_t is a pthread_mutex_t of its normal
 * or recursive kind, a thrd_t a pthread_t, a once_flag a pthread_once_t. */
#include <errno.h>
#include <threads.h>

#include "shim/hook/condition.h"
#include "shim/hook/once.h"
#include "shim/hook/standin.h"
#include "shim/hook/thread.h"
#include "shim/platform/plain_mutex.h"

static const struct manner locking = {TRACE_LOCK_MUTEX, 0};
static const struct manner trying = {TRACE_LOCK_MUTEX, TRACE_MODE_TRY};
static const struct manner timed = {TRACE_LOCK_MUTEX, TRACE_MODE_TIMED};

static ALWAYS_INLINE pthread_mutex_t *inside(mtx_t *mutex)
{
    return (pthread_mutex_t *)(void *)mutex;
}

/* Results of the C library's functions in these numbers, and the other way round. */
static int error_of(int result)
{
    switch (result) {
    case thrd_success:
        return 0;
    case thrd_busy:
        return EBUSY;
    case thrd_timedout:
        return ETIMEDOUT;
    default:
        return EINVAL;
    }
}

static int result_of(int error)
{
    switch (error) {
    case 0:
        return thrd_success;
    case EBUSY:
        return thrd_busy;
    case ETIMEDOUT:
        return thrd_timedout;
    default:
        return thrd_error;
    }
}

EXPORTED int mtx_init(mtx_t *mutex, int type)
{
    hook_begins(mutex, TRACE_LOCK_MUTEX, __func__, CALLER);
    int result = REAL_GET(mtx_init)(mutex, type);
    if (result == thrd_success)
        hook_initialised(mutex, TRACE_LOCK_MUTEX, CALLER);
    return result;
}

EXPORTED void mtx_destroy(mtx_t *mutex)
{
    const struct misuse_judgement judgement = hook_ends(mutex, TRACE_LOCK_MUTEX);
    REAL_GET(mtx_destroy)(mutex);
    hook_ended(mutex, TRACE_LOCK_MUTEX, &judgement, __func__, 0, CALLER);
}

static __attribute__((noinline)) int lock_not_free(mtx_t *mutex, int result,
                                                   enum acquire_result requested, uintptr_t address,
                                                   uintptr_t pointer)
{
    if (result == thrd_busy) {
        struct waiting waiting;
        waiting_begin(&waiting, mutex, locking, address, pointer);
        result = REAL_GET(mtx_lock)(mutex);
        waiting_end(&waiting);
    }
    if (result == thrd_success)
        acquire_had(requested, mutex, locking, address, pointer);
    return result;
}

/* As in pthread_mutex_lock: tried first, so that a thread that will sleep has said for what. */
static int take_if_free(mtx_t *mutex)
{
    if (!hook_threads_started && inside(mutex)->__data.__lock == 0)
        return REAL(mtx_lock)(mutex);
    return REAL(mtx_trylock)(mutex);
}

static __attribute__((noinline)) int lock_not_plain(mtx_t *mutex, uintptr_t address,
                                                    uintptr_t pointer)
{
    return lock_not_free(mutex, take_if_free(mutex), ACQUIRE_NEW, address, pointer);
}

/* A mutex held already is not tried: as in the real function it counts or never returns. */
static int lock_unseen_itself(mtx_t *mutex, uintptr_t address, uintptr_t pointer)
{
    enum acquire_result requested = acquire_request_slow(mutex, locking, address, pointer);
    if (requested == ACQUIRE_UNSEEN)
        return REAL_GET(mtx_lock)(mutex);
    int result = thrd_busy;
    if (requested == ACQUIRE_NEW)
        result = plain_mutex_take(inside(mutex), thread_self->kernel_tid) ? thrd_success
                                                                          : take_if_free(mutex);
    return lock_not_free(mutex, result, requested, address, pointer);
}

static int lock_call(const struct standin_call *call)
{
    return error_of(lock_unseen_itself((mtx_t *)call->object, call->address, call->pointer));
}

static __attribute__((noinline)) int lock_unseen(mtx_t *mutex, uintptr_t address, uintptr_t pointer)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {mutex, locking, 0, NULL, lock_call, address, pointer};
        return result_of(standin_acquire(&call));
    }
    return lock_unseen_itself(mutex, address, pointer);
}

/* Where a mutex has just been taken, and its entry counts. */
static __attribute__((noinline)) int lock_had(struct shim_thread *self, mtx_t *mutex,
                                              uintptr_t address, uintptr_t pointer)
{
    if (self->top[-1].address != (uintptr_t)mutex)
        acquire_redo(mutex, locking, address, pointer);
    events_acquired(self, TRACE_LOCK_MUTEX, mutex);
    return thrd_success;
}

/* As in pthread_mutex_lock: nothing is called in the usual case, and who records has a way of its
 * own. */
static ALWAYS_INLINE int lock(struct shim_thread *self, mtx_t *mutex, bool records,
                              uintptr_t address, uintptr_t pointer)
{
    if (__builtin_expect(!acquire_is_seen(self, mutex, locking, address, pointer), 0))
        return lock_unseen(mutex, address, pointer);
    if (__builtin_expect(!plain_mutex_take(inside(mutex), self->kernel_tid), 0))
        return lock_not_plain(mutex, address, pointer);
    acquire_move_top(self, 1);
    if (__builtin_expect(self->top[-1].address != (uintptr_t)mutex, 0) ||
        (records && __builtin_expect(birth_mark_mutex_lacks(inside(mutex)), 0)))
        return lock_had(self, mutex, address, pointer);
    if (records)
        events_held_alone(self, event_word_of_mutex(inside(mutex)));
    return thrd_success;
}

static __attribute__((noinline)) int lock_recording(struct shim_thread *self, mtx_t *mutex,
                                                    uintptr_t address, uintptr_t pointer)
{
    return lock(self, mutex, true, address, pointer);
}

EXPORTED int mtx_lock(mtx_t *mutex)
{
    struct shim_thread *self = thread_self;
    return events_are_on(self) ? lock_recording(self, mutex, CALLER)
                               : lock(self, mutex, false, CALLER);
}

static int try_itself(mtx_t *mutex, uintptr_t address, uintptr_t pointer)
{
    uint32_t sample = events_sample(TRACE_LOCK_MUTEX, mutex);
    int result = REAL_GET(mtx_trylock)(mutex);
    if (result == thrd_success)
        acquire_had(acquire_request(mutex, trying, address, pointer), mutex, trying, address,
                    pointer);
    else if (result == thrd_busy)
        events_try_failed(TRACE_LOCK_MUTEX, 0, mutex, sample, address, pointer);
    return result;
}

static int try_call(const struct standin_call *call)
{
    return error_of(try_itself((mtx_t *)call->object, call->address, call->pointer));
}

EXPORTED int mtx_trylock(mtx_t *mutex)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {mutex, trying, 0, NULL, try_call, CALLER};
        return result_of(standin_acquire(&call));
    }
    return try_itself(mutex, CALLER);
}

static int timed_itself(mtx_t *mutex, const struct timespec *deadline, uintptr_t address,
                        uintptr_t pointer)
{
    enum acquire_result requested = acquire_request(mutex, timed, address, pointer);
    struct waiting waiting;
    waiting_begin(&waiting, mutex, timed, address, pointer);
    int result = REAL_GET(mtx_timedlock)(mutex, deadline);
    waiting_end(&waiting);
    if (result == thrd_success)
        acquire_had(requested, mutex, timed, address, pointer);
    return result;
}

static int timed_call(const struct standin_call *call)
{
    return error_of(
        timed_itself((mtx_t *)call->object, call->deadline, call->address, call->pointer));
}

EXPORTED int mtx_timedlock(mtx_t *mutex, const struct timespec *deadline)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {mutex,    timed,      CLOCK_REALTIME,
                                          deadline, timed_call, CALLER};
        return result_of(standin_acquire(&call));
    }
    return timed_itself(mutex, deadline, CALLER);
}

static int unlock_other_itself(mtx_t *mutex, uintptr_t address, uintptr_t pointer)
{
    held_time_end(mutex, "mtx_unlock", address, pointer);
    bool held = acquire_release_slow(mutex);
    struct misuse_judgement judgement = {.rule = MISUSE_NONE};
    if (!held) {
        judgement = misuse_of_unlock(TRACE_LOCK_MUTEX, inside(mutex));
        events_released_by_other(mutex, address, pointer);
    }
    int result = REAL_GET(mtx_unlock)(mutex);
    hook_released(inside(mutex), TRACE_LOCK_MUTEX, &judgement, "mtx_unlock", result, address,
                  pointer);
    if (held && result != thrd_success)
        acquire_restore(mutex, locking, address, pointer);
    if (!held && result == thrd_success)
        acquire_released_foreign(mutex, address, pointer);
    else if (!held)
        events_not_released(mutex, address, pointer);
    perturb_here(address);
    return result;
}

static int unlock_call(const struct standin_call *call)
{
    return error_of(unlock_other_itself((mtx_t *)call->object, call->address, call->pointer));
}

static __attribute__((noinline)) int unlock_other(mtx_t *mutex, uintptr_t address,
                                                  uintptr_t pointer)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {mutex, locking, 0, NULL, unlock_call, address, pointer};
        return result_of(standin_release(&call));
    }
    return unlock_other_itself(mutex, address, pointer);
}

/* Its entry is no longer there. */
static __attribute__((noinline)) int unlock_really(mtx_t *mutex, uintptr_t address,
                                                   uintptr_t pointer)
{
    int result = REAL(mtx_unlock)(mutex);
    if (__builtin_expect(result != thrd_success, 0))
        acquire_restore(mutex, locking, address, pointer);
    return result;
}

static ALWAYS_INLINE int unlock_last(struct shim_thread *self, mtx_t *mutex, uintptr_t address,
                                     uintptr_t pointer)
{
    acquire_drop_last(self);
    return __builtin_expect(plain_mutex_give_back(inside(mutex)), 1)
               ? thrd_success
               : unlock_really(mutex, address, pointer);
}

/* A mutex that counts elsewhere. */
static __attribute__((noinline)) int unlock_counted(struct shim_thread *self, mtx_t *mutex,
                                                    uintptr_t address, uintptr_t pointer)
{
    events_mutex_release(self, inside(mutex));
    return unlock_last(self, mutex, address, pointer);
}

/* Its number is taken; there is no room for the event. */
static __attribute__((noinline)) int unlock_full(struct shim_thread *self, mtx_t *mutex,
                                                 uintptr_t address, uintptr_t pointer,
                                                 uint32_t number)
{
    events_release_as(self, number);
    return unlock_last(self, mutex, address, pointer);
}

static __attribute__((noinline)) int unlock_recording(struct shim_thread *self, mtx_t *mutex,
                                                      uintptr_t address, uintptr_t pointer)
{
    uint32_t number;
    if (__builtin_expect(!acquire_is_last(self, mutex), 0))
        return unlock_other(mutex, address, pointer);
    if (__builtin_expect(!plain_mutex_is(inside(mutex)), 0) ||
        __builtin_expect(birth_mark_mutex_lacks(inside(mutex)), 0))
        return unlock_counted(self, mutex, address, pointer);
    if (__builtin_expect(!events_given_alone(self, event_word_of_mutex(inside(mutex)), &number), 0))
        return unlock_full(self, mutex, address, pointer, number);
    return unlock_last(self, mutex, address, pointer);
}

EXPORTED int mtx_unlock(mtx_t *mutex)
{
    struct shim_thread *self = thread_self;
    if (events_are_on(self))
        return unlock_recording(self, mutex, CALLER);
    return __builtin_expect(acquire_is_last(self, mutex), 1) ? unlock_last(self, mutex, CALLER)
                                                             : unlock_other(mutex, CALLER);
}

EXPORTED int cnd_signal(cnd_t *condition)
{
    condition_signal(condition, false, __func__, CALLER);
    return REAL_GET(cnd_signal)(condition);
}

EXPORTED int cnd_broadcast(cnd_t *condition)
{
    condition_signal(condition, true, __func__, CALLER);
    return REAL_GET(cnd_broadcast)(condition);
}

EXPORTED int cnd_wait(cnd_t *condition, mtx_t *mutex)
{
    CONDITION_WAIT(condition, mutex, 0, REAL_GET(cnd_wait)(condition, (mtx_t *)(void *)wait.given));
}

EXPORTED int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *deadline)
{
    CONDITION_WAIT(condition, mutex, TRACE_MODE_TIMED,
                   REAL_GET(cnd_timedwait)(condition, (mtx_t *)(void *)wait.given, deadline));
}

/* The first function of a C11 thread; thrd_exit unwinds it as pthread_exit does. */
static int run(void *argument)
{
    struct shim_thread *self = argument;
    int result;
    thread_hook_begin(self);
    pthread_cleanup_push(thread_hook_end, self);
    result = ((thrd_start_t)(void (*)(void))self->start_routine)(self->argument);
    pthread_cleanup_pop(1);
    return result;
}

EXPORTED int thrd_create(thrd_t *handle, thrd_start_t start_routine, void *argument)
{
    void *(*start)(void *) = (void *(*)(void *))(void (*)(void))start_routine;
    struct shim_thread *child = thread_hook_prepare(NULL, start, argument, CALLER);
    if (!child)
        return REAL_GET(thrd_create)(handle, start_routine, argument);
    uint32_t id = child->id;
    int result = REAL_GET(thrd_create)(handle, run, child);
    if (result == thrd_success)
        thread_hook_created(child, id, *handle);
    else
        thread_hook_failed(child);
    return result;
}

EXPORTED int thrd_join(thrd_t handle, int *value)
{
    THREAD_JOIN(handle, 0, REAL_GET(thrd_join)(handle, value));
}

EXPORTED int thrd_detach(thrd_t handle)
{
    thread_hook_detached(handle);
    return REAL_GET(thrd_detach)(handle);
}

EXPORTED void call_once(once_flag *flag, void (*initialise)(void))
{
    struct once_call once;
    if (!once_begin(&once, (pthread_once_t *)(void *)flag, initialise, CALLER)) {
        REAL_GET(call_once)(flag, initialise);
        return;
    }
    REAL_GET(call_once)(flag, once_run);
    once_end(&once);
}
