/* Waiting on a condition: time-outs, bad deadlines and clocks, a mutex that is not held, recursion
 * depth kept across the wait; in each case the mutex is held (or not) as glibc leaves it. */
#include "tests/invisible/fact.h"

#include <pthread.h>

static int try_lock(void *mutex)
{
    int result = pthread_mutex_trylock(mutex);
    if (result == 0)
        pthread_mutex_unlock(mutex);
    return result;
}

static void waits(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    struct timespec past = {0, 0}, negative = {0, -1}, large = {0, 1000000000}, before = {-1, 0};
    struct timespec soon = fact_deadline(CLOCK_REALTIME, 20);
    struct timespec soon_monotonic = fact_deadline(CLOCK_MONOTONIC, 20);
    pthread_mutex_lock(mutex);
    FACT_RESULT(ETIMEDOUT, pthread_cond_timedwait(condition, mutex, &past));
    FACT_RESULT(EBUSY, fact_elsewhere(try_lock, mutex));
    FACT_RESULT(ETIMEDOUT, pthread_cond_timedwait(condition, mutex, &before));
    FACT_RESULT(EINVAL, pthread_cond_timedwait(condition, mutex, &negative));
    FACT_RESULT(EINVAL, pthread_cond_timedwait(condition, mutex, &large));
    FACT_RESULT(EBUSY, fact_elsewhere(try_lock, mutex));
    FACT_RESULT(ETIMEDOUT, pthread_cond_clockwait(condition, mutex, CLOCK_REALTIME, &soon));
    FACT_RESULT(ETIMEDOUT,
                pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &soon_monotonic));
    FACT_RESULT(EINVAL, pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &large));
    FACT_RESULT(EINVAL, pthread_cond_clockwait(condition, mutex, CLOCK_PROCESS_CPUTIME_ID, &past));
    FACT_RESULT(EINVAL, pthread_cond_clockwait(condition, mutex, 99, &past));
    FACT_RESULT(EBUSY, fact_elsewhere(try_lock, mutex));
    FACT_RESULT(0, pthread_mutex_unlock(mutex));
    FACT_RESULT(0, fact_elsewhere(try_lock, mutex));
}

static int timed_wait(pthread_mutex_t *mutex)
{
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    struct timespec past = {0, 0};
    return pthread_cond_timedwait(&condition, mutex, &past);
}

static void mutex_not_held(void)
{
    pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    FACT_RESULT(EPERM, timed_wait(&checking));
    FACT_RESULT(EPERM, timed_wait(&recursive));
    FACT_RESULT(0, fact_elsewhere(try_lock, &checking));
    FACT_RESULT(0, fact_elsewhere(try_lock, &recursive));
}

/* glibc gives up one level of a recursive mutex while it waits: deeper ones stay held. */
static void recursion_depth(void)
{
    pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    for (int depth = 1; depth <= 3; depth++)
        pthread_mutex_lock(&recursive);
    FACT_RESULT(ETIMEDOUT, timed_wait(&recursive));
    FACT_VALUE(3, recursive.__data.__count);
    for (int depth = 1; depth <= 3; depth++)
        FACT_RESULT(0, pthread_mutex_unlock(&recursive));
    FACT_RESULT(EPERM, pthread_mutex_unlock(&recursive));
}

static void attributes(void)
{
    pthread_condattr_t attributes;
    pthread_cond_t condition;
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    clockid_t clock = 77;
    FACT_RESULT(0, pthread_condattr_init(&attributes));
    FACT_RESULT(0, pthread_condattr_getclock(&attributes, &clock));
    FACT_VALUE(CLOCK_REALTIME, clock);
    FACT_RESULT(EINVAL, pthread_condattr_setclock(&attributes, CLOCK_PROCESS_CPUTIME_ID));
    FACT_RESULT(EINVAL, pthread_condattr_setpshared(&attributes, 9));
    FACT_RESULT(0, pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC));
    FACT_RESULT(0, pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED));
    FACT_RESULT(0, pthread_cond_init(&condition, &attributes));
    waits(&condition, &mutex);
    FACT_RESULT(0, pthread_cond_destroy(&condition));
}

int main(void)
{
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    pthread_mutex_t adaptive = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
    FACT_RESULT(0, pthread_cond_signal(&condition));
    FACT_RESULT(0, pthread_cond_broadcast(&condition));
    waits(&condition, &normal);
    waits(&condition, &recursive);
    waits(&condition, &checking);
    waits(&condition, &adaptive);
    mutex_not_held();
    recursion_depth();
    attributes();
    FACT_RESULT(0, pthread_cond_destroy(&condition));
    return fact_status();
}
