/* A stand-in taken for a semaphore's sake. The functions of semaphores end with EINTR and are
 * cancellation points, those of mutexes are not: who has to wait for the stand-in sleeps on a
 * semaphore beside it. */
#include <errno.h>

#include "shim/hook/standin.h"

enum { LOOK_NS = 10000000 };

struct sleep {
    struct standin *standin;
    struct waiting waiting;
};

static bool is_timed(const struct standin_call *call)
{
    return call->manner.mode & TRACE_MODE_TIMED;
}

static bool is_earlier(const struct timespec *one, const struct timespec *other)
{
    return one->tv_sec != other->tv_sec ? one->tv_sec < other->tv_sec
                                        : one->tv_nsec < other->tv_nsec;
}

static int sleep_until(sem_t *wake, clockid_t clock, const struct timespec *deadline)
{
    if (clock == CLOCK_REALTIME)
        return REAL_GET(sem_timedwait)(wake, deadline);
    return REAL_GET(sem_clockwait)(wake, clock, deadline);
}

/* A condition wait gives the stand-in back without a word: so for a short time only, which is no
 * reason to give up. */
static int sleep_a_moment(sem_t *wake, const struct standin_call *call)
{
    struct timespec next;
    clockid_t clock = is_timed(call) ? call->clock : CLOCK_MONOTONIC;
    clock_gettime(clock, &next);
    next.tv_nsec += LOOK_NS;
    if (next.tv_nsec >= 1000000000) {
        next.tv_sec++;
        next.tv_nsec -= 1000000000;
    }
    if (is_timed(call) && is_earlier(call->deadline, &next))
        return sleep_until(wake, clock, call->deadline);
    int result = sleep_until(wake, clock, &next);
    return result != 0 && errno == ETIMEDOUT ? 0 : result;
}

static int sleep_once(struct standin *standin, const struct standin_call *call)
{
    if (atomic_load(&standin->is_waited_with))
        return sleep_a_moment(&standin->wake, call);
    return is_timed(call) ? sleep_until(&standin->wake, call->clock, call->deadline)
                          : REAL_GET(sem_wait)(&standin->wake);
}

static void end_sleep(void *argument)
{
    struct sleep *sleep = argument;
    waiting_end(&sleep->waiting);
    atomic_fetch_sub(&sleep->standin->sleepers, 1);
}

/* Tried after it is known that somebody sleeps: who releases it later wakes us. */
static int sleep_until_had(struct standin *standin, const struct standin_call *call,
                           struct manner manner)
{
    struct sleep sleep = {.standin = standin};
    int result;
    atomic_fetch_add(&standin->sleepers, 1);
    waiting_begin(&sleep.waiting, &standin->mutex, manner, call->address, call->pointer);
    pthread_cleanup_push(end_sleep, &sleep);
    while ((result = REAL_GET(pthread_mutex_trylock)(&standin->mutex)) == EBUSY) {
        if (sleep_once(standin, call) == 0)
            continue;
        result = errno;
        break;
    }
    pthread_cleanup_pop(1);
    return result;
}

int standin_take_for_semaphore(struct standin *standin, const struct standin_call *call)
{
    const struct manner manner = {TRACE_LOCK_MUTEX, call->manner.mode & TRACE_MODE_TIMED};
    const void *mutex = &standin->mutex;
    if (is_timed(call) && (call->deadline->tv_nsec < 0 || call->deadline->tv_nsec >= 1000000000))
        return EINVAL;
    enum acquire_result requested = acquire_request(mutex, manner, call->address, call->pointer);
    int result = REAL_GET(pthread_mutex_trylock)(&standin->mutex);
    if (result == EBUSY)
        result = sleep_until_had(standin, call, manner);
    if (result == 0)
        acquire_had(requested, mutex, manner, call->address, call->pointer);
    return result;
}

void standin_wake_sleepers(struct standin *standin)
{
    atomic_thread_fence(memory_order_seq_cst);
    for (unsigned i = atomic_load(&standin->sleepers); i > 0; i--)
        REAL_GET(sem_post)(&standin->wake);
}

int standin_take_semaphore(const struct standin_call *call)
{
    sem_t *semaphore = (sem_t *)call->object;
    int result;
    if (call->manner.mode & TRACE_MODE_TRY)
        result = REAL_GET(sem_trywait)(semaphore);
    else if (is_timed(call))
        result = sleep_until(semaphore, call->clock, call->deadline);
    else
        result = REAL_GET(sem_wait)(semaphore);
    return result == 0 ? 0 : errno;
}
