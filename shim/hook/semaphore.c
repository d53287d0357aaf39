/* sem_*: named and unnamed. sem_wait takes a free semaphore in place; one that is not goes to the
 * real function at once, with what it waits for published: trying first would change errno.
 * Cancelled waits leave through the cleanup handler, interrupted ones end as they would. */
#include "shim/hook/standin.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdarg.h>

#include "shim/capture/python_caller.h"
#include "shim/core/lock_kind.h"
#include "shim/core/past_objects.h"
#include "shim/core/semaphore.h"
#include "shim/core/wakes.h"
#include "shim/platform/plain_semaphore.h"

static const struct manner waiting = {TRACE_LOCK_SEMAPHORE, 0};
static const struct manner trying = {TRACE_LOCK_SEMAPHORE, TRACE_MODE_TRY};
static const struct manner signalled = {TRACE_WAIT_SEMAPHORE, 0};
static const struct manner signalled_timed = {TRACE_WAIT_SEMAPHORE, TRACE_MODE_TIMED};
static const struct manner timed = {TRACE_LOCK_SEMAPHORE, TRACE_MODE_TIMED};

EXPORTED int sem_init(sem_t *semaphore, int shared, unsigned value)
{
    hook_begins(semaphore, TRACE_LOCK_SEMAPHORE, __func__, CALLER);
    int result = REAL_GET(sem_init)(semaphore, shared, value);
    if (result == 0)
        semaphore_initialised(semaphore, value, CALLER);
    else
        misuse_failed(MISUSE_OF_SEMAPHORE, semaphore, __func__, result, CALLER);
    return result;
}

EXPORTED int sem_destroy(sem_t *semaphore)
{
    const struct misuse_judgement judgement = hook_ends(semaphore, TRACE_LOCK_SEMAPHORE);
    int result = REAL_GET(sem_destroy)(semaphore);
    hook_ended(semaphore, TRACE_LOCK_SEMAPHORE, &judgement, __func__, result, CALLER);
    return result;
}

/* The last two arguments are there only with O_CREAT, as for the real one. */
EXPORTED sem_t *sem_open(const char *name, int flags, ...)
{
    mode_t mode = 0;
    unsigned value = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        value = va_arg(arguments, unsigned);
        va_end(arguments);
    }
    sem_t *semaphore = REAL_GET(sem_open)(name, flags, mode, value);
    if (semaphore != SEM_FAILED)
        semaphore_opened(semaphore, CALLER);
    return semaphore;
}

/* Afterwards another semaphore may be mapped there. */
EXPORTED int sem_close(sem_t *semaphore)
{
    semaphore_closed(semaphore);
    return REAL_GET(sem_close)(semaphore);
}

static int told(int result, const sem_t *semaphore, const char *function, uintptr_t address,
                uintptr_t pointer)
{
    if (__builtin_expect(result != 0, 0) && errno != EINTR)
        misuse_failed(MISUSE_OF_SEMAPHORE, semaphore, function, result, address, pointer);
    return result;
}

/* There is no static initialiser: one that was destroyed and not initialised again is none. Another
 * process may have initialised one that is shared. */
static void judge_use(const sem_t *semaphore, const char *function, uintptr_t address,
                      uintptr_t pointer)
{
    const struct misuse_judgement judgement = {.rule = MISUSE_USE_DESTROYED};
    if (!lock_table_find(semaphore) && past_objects_is_destroyed(semaphore, MISUSE_OF_SEMAPHORE) &&
        !(lock_kind_flags(TRACE_LOCK_SEMAPHORE, semaphore) & TRACE_LOCK_SHARED))
        misuse_tell_judgement(&judgement, MISUSE_OF_SEMAPHORE, semaphore, function, 0, address,
                              pointer);
}

/* It was had, or not: then told what the checks have to say of it. */
static int taken(int result, sem_t *semaphore, uint32_t mode, const char *function,
                 uintptr_t address, uintptr_t pointer)
{
    if (__builtin_expect(result == 0, 1))
        events_of_object(TRACE_EVENT_TAKE, mode, semaphore, address, pointer);
    return told(result, semaphore, function, address, pointer);
}

static int wait_blocked(sem_t *semaphore, struct manner manner, uintptr_t address,
                        uintptr_t pointer)
{
    int result;
    struct waiting wait;
    waiting_begin(&wait, semaphore, manner, address, pointer);
    pthread_cleanup_push(waiting_end, &wait);
    result = wait.is_interrupted ? -1 : REAL_GET(sem_wait)(semaphore);
    pthread_cleanup_pop(1);
    if (wait.is_interrupted)
        errno = EINTR;
    return result;
}

static __attribute__((noinline)) int wait_not_free(sem_t *semaphore, uintptr_t address,
                                                   uintptr_t pointer)
{
    int result = wait_blocked(semaphore, waiting, address, pointer);
    if (result == 0)
        acquire_done(thread_self, semaphore, waiting, address, pointer);
    return result;
}

static int wait_unseen_itself(sem_t *semaphore, uintptr_t address, uintptr_t pointer)
{
    judge_use(semaphore, "sem_wait", address, pointer);
    enum acquire_result requested = semaphore_request(semaphore, 1, waiting, address, pointer);
    if (requested == ACQUIRE_UNSEEN) {
        wakes_count_wait(wakes_enter(semaphore, TRACE_LOCK_SEMAPHORE, address, pointer));
        return plain_semaphore_take(semaphore)
                   ? 0
                   : wait_blocked(semaphore, signalled, address, pointer);
    }
    int result =
        plain_semaphore_take(semaphore) ? 0 : wait_blocked(semaphore, waiting, address, pointer);
    if (result == 0)
        semaphore_had(requested, semaphore, waiting, address, pointer);
    return result;
}

static int wait_call(const struct standin_call *call)
{
    sem_t *semaphore = (sem_t *)call->object;
    int result = wait_unseen_itself(semaphore, call->address, call->pointer);
    return taken(result, semaphore, 0, "sem_wait", call->address, call->pointer) == 0 ? 0 : errno;
}

/* What a call that fixes may be applied to answers, as the program gets it. */
static int answer(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

static __attribute__((noinline)) int wait_unseen(sem_t *semaphore, uintptr_t address,
                                                 uintptr_t pointer)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {semaphore, waiting, 0, NULL, wait_call, address, pointer};
        return answer(standin_acquire(&call));
    }
    return taken(wait_unseen_itself(semaphore, address, pointer), semaphore, 0, "sem_wait", address,
                 pointer);
}

/* The real one acts on a pending cancellation also when it need not wait. */
EXPORTED int sem_wait(sem_t *semaphore)
{
    pthread_testcancel();
    struct shim_thread *self = thread_self;
    if (__builtin_expect(!acquire_is_seen(self, semaphore, waiting, CALLER), 0))
        return wait_unseen(semaphore, CALLER);
    if (__builtin_expect(!plain_semaphore_take(semaphore), 0))
        return taken(wait_not_free(semaphore, CALLER), semaphore, 0, __func__, CALLER);
    acquire_done(self, semaphore, waiting, CALLER);
    if (events_are_on(self))
        events_taken(self, semaphore, CALLER);
    return 0;
}

static int try_itself(sem_t *semaphore, uintptr_t address, uintptr_t pointer)
{
    uint32_t sample = events_sample(TRACE_LOCK_SEMAPHORE, semaphore);
    const struct manner manner = python_caller_waits(address) ? waiting : trying;
    if (manner.mode == waiting.mode && steer_puts_off(semaphore, address, pointer))
        return answer(EAGAIN);
    int result = REAL_GET(sem_trywait)(semaphore);
    if (result != 0) {
        if (manner.mode == trying.mode)
            events_try_failed(TRACE_LOCK_SEMAPHORE, 0, semaphore, sample, address, pointer);
        return result;
    }
    if (acquire_is_seen(thread_self, semaphore, manner, address, pointer))
        acquire_done(thread_self, semaphore, manner, address, pointer);
    else
        semaphore_had(semaphore_request(semaphore, 0, manner, address, pointer), semaphore, manner,
                      address, pointer);
    events_of_object(TRACE_EVENT_TAKE, manner.mode, semaphore, address, pointer);
    return 0;
}

static int try_call(const struct standin_call *call)
{
    return try_itself((sem_t *)call->object, call->address, call->pointer) == 0 ? 0 : errno;
}

/* A try by Python code that goes on to wait if it fails is the first half of a wait. */
EXPORTED int sem_trywait(sem_t *semaphore)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {semaphore, trying, 0, NULL, try_call, CALLER};
        int error = standin_acquire(&call);
        return answer(error == EBUSY ? EAGAIN : error);
    }
    return try_itself(semaphore, CALLER);
}

static int real_timed(const struct standin_call *call)
{
    sem_t *semaphore = (sem_t *)call->object;
    if (call->clock == CLOCK_REALTIME)
        return REAL_GET(sem_timedwait)(semaphore, call->deadline);
    return REAL_GET(sem_clockwait)(semaphore, call->clock, call->deadline);
}

/* A bad timeout must fail as it would, so the real function is called at once. */
static int timed_itself(const struct standin_call *call)
{
    sem_t *semaphore = (sem_t *)call->object;
    uintptr_t address = call->address, pointer = call->pointer;
    const char *function = call->clock == CLOCK_REALTIME ? "sem_timedwait" : "sem_clockwait";
    bool seen = acquire_is_seen(thread_self, semaphore, timed, address, pointer);
    if (!seen)
        judge_use(semaphore, function, address, pointer);
    enum acquire_result requested =
        seen ? ACQUIRE_NEW : semaphore_request(semaphore, 1, timed, address, pointer);
    int result;
    struct waiting wait;
    waiting_begin(&wait, semaphore, requested == ACQUIRE_UNSEEN ? signalled_timed : timed, address,
                  pointer);
    pthread_cleanup_push(waiting_end, &wait);
    result = real_timed(call);
    pthread_cleanup_pop(1);
    if (result == 0 && seen)
        acquire_done(thread_self, semaphore, timed, address, pointer);
    else if (result == 0)
        semaphore_had(requested, semaphore, timed, address, pointer);
    return taken(result, semaphore, TRACE_MODE_TIMED, function, address, pointer);
}

static int timed_call(const struct standin_call *call)
{
    return timed_itself(call) == 0 ? 0 : errno;
}

EXPORTED int sem_timedwait(sem_t *semaphore, const struct timespec *deadline)
{
    const struct standin_call call = {semaphore, timed,      CLOCK_REALTIME,
                                      deadline,  timed_call, CALLER};
    return __builtin_expect(standin_on, 0) ? answer(standin_acquire(&call)) : timed_itself(&call);
}

EXPORTED int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *deadline)
{
    const struct standin_call call = {semaphore, timed, clock, deadline, timed_call, CALLER};
    return __builtin_expect(standin_on, 0) ? answer(standin_acquire(&call)) : timed_itself(&call);
}

/* Not a proved lock the thread acquired last. */
static int post_other_itself(sem_t *semaphore, uintptr_t address, uintptr_t pointer)
{
    judge_use(semaphore, "sem_post", address, pointer);
    bool held = semaphore_release(semaphore, address, pointer);
    if (!held)
        wakes_signal(semaphore, TRACE_LOCK_SEMAPHORE, false, address, pointer);
    events_of_object(TRACE_EVENT_POST, 0, semaphore, address, pointer);
    int result = told(REAL_GET(sem_post)(semaphore), semaphore, "sem_post", address, pointer);
    if (held && result != 0)
        acquire_restore(semaphore, waiting, address, pointer);
    perturb_here(address);
    return result;
}

static int post_call(const struct standin_call *call)
{
    return post_other_itself((sem_t *)call->object, call->address, call->pointer) == 0 ? 0 : errno;
}

static __attribute__((noinline)) int post_other(sem_t *semaphore, uintptr_t address,
                                                uintptr_t pointer)
{
    if (__builtin_expect(standin_on, 0)) {
        const struct standin_call call = {semaphore, waiting, 0, NULL, post_call, address, pointer};
        return answer(standin_release(&call));
    }
    return post_other_itself(semaphore, address, pointer);
}

/* No longer held before the real post: that wakes somebody who then holds it. */
EXPORTED int sem_post(sem_t *semaphore)
{
    struct shim_thread *self = thread_self;
    if (__builtin_expect(!acquire_is_last(self, semaphore), 0))
        return post_other(semaphore, CALLER);
    if (events_are_on(self))
        events_given(self, semaphore, CALLER);
    acquire_drop_last(self);
    if (__builtin_expect(plain_semaphore_give_back(semaphore), 1))
        return 0;
    int result = REAL(sem_post)(semaphore);
    if (__builtin_expect(result != 0, 0))
        acquire_restore(semaphore, waiting, CALLER);
    return result;
}
