/* pthread_mutex_timedlock and clocklock judge deadlines and clocks as glibc does: a bad deadline
 * passes on a free mutex where glibc lets it pass, and fails on a busy one before any waiting. */
#include "tests/invisible/fact.h"

#include <pthread.h>

struct attempt {
    pthread_mutex_t *mutex;
    clockid_t clock;
    struct timespec deadline;
};

static const struct timespec bad_deadlines[] = {
    {0, -1}, {0, 1000000000}, {-1, 0}, {0, 0}, {1000000000000, 1000000000}};

static int timed(void *argument)
{
    struct attempt *attempt = argument;
    int result = pthread_mutex_timedlock(attempt->mutex, &attempt->deadline);
    if (result == 0)
        pthread_mutex_unlock(attempt->mutex);
    return result;
}

static int clocked(void *argument)
{
    struct attempt *attempt = argument;
    int result = pthread_mutex_clocklock(attempt->mutex, attempt->clock, &attempt->deadline);
    if (result == 0)
        pthread_mutex_unlock(attempt->mutex);
    return result;
}

static int expected_when_busy(const struct timespec *deadline)
{
    return deadline->tv_nsec < 0 || deadline->tv_nsec >= 1000000000 ? EINVAL : ETIMEDOUT;
}

static void free_mutex(pthread_mutex_t *mutex)
{
    struct attempt attempt = {.mutex = mutex, .clock = CLOCK_MONOTONIC};
    for (size_t i = 0; i < sizeof bad_deadlines / sizeof *bad_deadlines; i++) {
        attempt.deadline = bad_deadlines[i];
        FACT_RESULT(0, timed(&attempt));
        FACT_RESULT(0, clocked(&attempt));
    }
    attempt.clock = CLOCK_PROCESS_CPUTIME_ID;
    FACT_RESULT(EINVAL, clocked(&attempt));
    attempt.clock = 99;
    FACT_RESULT(EINVAL, clocked(&attempt));
}

static void busy_mutex(pthread_mutex_t *mutex)
{
    struct attempt attempt = {.mutex = mutex, .clock = CLOCK_MONOTONIC};
    pthread_mutex_lock(mutex);
    for (size_t i = 0; i < sizeof bad_deadlines / sizeof *bad_deadlines; i++) {
        attempt.deadline = bad_deadlines[i];
        if (i == 4) /* the last one would wait for ages were its tv_nsec not refused first */
            FACT_VALUE(EINVAL, expected_when_busy(&attempt.deadline));
        FACT_RESULT(expected_when_busy(&attempt.deadline), fact_elsewhere(timed, &attempt));
        FACT_RESULT(expected_when_busy(&attempt.deadline), fact_elsewhere(clocked, &attempt));
    }
    attempt.deadline = fact_deadline(CLOCK_REALTIME, 20);
    FACT_RESULT(ETIMEDOUT, fact_elsewhere(timed, &attempt));
    attempt.deadline = fact_deadline(CLOCK_MONOTONIC, 20);
    FACT_RESULT(ETIMEDOUT, fact_elsewhere(clocked, &attempt));
    attempt.clock = CLOCK_REALTIME;
    attempt.deadline = fact_deadline(CLOCK_REALTIME, 20);
    FACT_RESULT(ETIMEDOUT, fact_elsewhere(clocked, &attempt));
    attempt.clock = CLOCK_THREAD_CPUTIME_ID;
    FACT_RESULT(EINVAL, fact_elsewhere(clocked, &attempt));
    pthread_mutex_unlock(mutex);
}

/* The owner's own second request: answered at once by two kinds, timed out by the others. */
static void relock(pthread_mutex_t *mutex, int kind)
{
    int expected = kind == PTHREAD_MUTEX_RECURSIVE    ? 0
                   : kind == PTHREAD_MUTEX_ERRORCHECK ? EDEADLK
                                                      : ETIMEDOUT;
    struct attempt attempt = {.mutex = mutex, .clock = CLOCK_MONOTONIC};
    pthread_mutex_lock(mutex);
    attempt.deadline = fact_deadline(CLOCK_REALTIME, 10);
    FACT_RESULT(expected, timed(&attempt));
    attempt.deadline = fact_deadline(CLOCK_MONOTONIC, 10);
    FACT_RESULT(expected, clocked(&attempt));
    pthread_mutex_unlock(mutex);
}

int main(void)
{
    static const int kinds[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE,
                                PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_ADAPTIVE_NP};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        pthread_mutex_t mutex;
        pthread_mutexattr_t attributes;
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_settype(&attributes, kinds[i]);
        pthread_mutex_init(&mutex, &attributes);
        fact_say("-- kind %d", kinds[i]);
        free_mutex(&mutex);
        busy_mutex(&mutex);
        relock(&mutex, kinds[i]);
        FACT_RESULT(0, pthread_mutex_destroy(&mutex));
    }
    return fact_status();
}
