/* sem_*: named and unnamed. sem_wait takes a free semaphore in place; one that is not goes to the
 * real function at once, with what it waits for published: trying first would change errno.
 * Cancelled waits leave through the cleanup handler, interrupted ones end as they would. */
#include "shim/hook/hook.h"

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

static __attribute__((noinline)) int wait_unseen(sem_t *semaphore, uintptr_t address,
                                                 uintptr_t pointer)
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

/* The real one acts on a pending cancellation also when it need not wait. */
EXPORTED int sem_wait(sem_t *semaphore)
{
    pthread_testcancel();
    struct shim_thread *self = thread_self;
    if (__builtin_expect(!acquire_is_seen(self, semaphore, waiting, CALLER), 0))
        return taken(wait_unseen(semaphore, CALLER), semaphore, 0, __func__, CALLER);
    if (__builtin_expect(!plain_semaphore_take(semaphore), 0))
        return taken(wait_not_free(semaphore, CALLER), semaphore, 0, __func__, CALLER);
    acquire_done(self, semaphore, waiting, CALLER);
    if (events_are_on(self))
        events_taken(self, semaphore, CALLER);
    return 0;
}

/* A try by Python code that goes on to wait if it fails is the first half of a wait. */
EXPORTED int sem_trywait(sem_t *semaphore)
{
    uint32_t sample = events_sample(TRACE_LOCK_SEMAPHORE, semaphore);
    int result = REAL_GET(sem_trywait)(semaphore);
    const struct manner manner = python_caller_waits(CALLER_ADDRESS) ? waiting : trying;
    if (result != 0) {
        if (manner.mode == trying.mode)
            events_try_failed(TRACE_LOCK_SEMAPHORE, 0, semaphore, sample, CALLER);
        return result;
    }
    if (acquire_is_seen(thread_self, semaphore, manner, CALLER))
        acquire_done(thread_self, semaphore, manner, CALLER);
    else
        semaphore_had(semaphore_request(semaphore, 0, manner, CALLER), semaphore, manner, CALLER);
    events_of_object(TRACE_EVENT_TAKE, manner.mode, semaphore, CALLER);
    return 0;
}

/* A bad timeout must fail as it would, so the real function is called at once. */
#define TIMED_WAIT(semaphore, CALL)                                                                \
    bool seen = acquire_is_seen(thread_self, semaphore, timed, CALLER);                            \
    if (!seen)                                                                                     \
        judge_use(semaphore, __func__, CALLER);                                                    \
    enum acquire_result requested =                                                                \
        seen ? ACQUIRE_NEW : semaphore_request(semaphore, 1, timed, CALLER);                       \
    int result;                                                                                    \
    struct waiting wait;                                                                           \
    waiting_begin(&wait, semaphore, requested == ACQUIRE_UNSEEN ? signalled_timed : timed,         \
                  CALLER);                                                                         \
    pthread_cleanup_push(waiting_end, &wait);                                                      \
    result = CALL;                                                                                 \
    pthread_cleanup_pop(1);                                                                        \
    if (result == 0 && seen)                                                                       \
        acquire_done(thread_self, semaphore, timed, CALLER);                                       \
    else if (result == 0)                                                                          \
        semaphore_had(requested, semaphore, timed, CALLER);                                        \
    return taken(result, semaphore, TRACE_MODE_TIMED, __func__, CALLER)

EXPORTED int sem_timedwait(sem_t *semaphore, const struct timespec *deadline)
{
    TIMED_WAIT(semaphore, REAL_GET(sem_timedwait)(semaphore, deadline));
}

EXPORTED int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *deadline)
{
    TIMED_WAIT(semaphore, REAL_GET(sem_clockwait)(semaphore, clock, deadline));
}

/* Not a proved lock the thread acquired last. */
static __attribute__((noinline)) int post_other(sem_t *semaphore, uintptr_t address,
                                                uintptr_t pointer)
{
    judge_use(semaphore, "sem_post", address, pointer);
    bool held = semaphore_release(semaphore, address, pointer);
    if (!held)
        wakes_signal(semaphore, TRACE_LOCK_SEMAPHORE, false, address, pointer);
    events_of_object(TRACE_EVENT_POST, 0, semaphore, address, pointer);
    int result = told(REAL_GET(sem_post)(semaphore), semaphore, "sem_post", address, pointer);
    if (held && result != 0)
        acquire_restore(semaphore, waiting, address, pointer);
    return result;
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
