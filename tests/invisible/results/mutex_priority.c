/* Priority-inheriting and priority-protected mutexes: kinds, relocks, strangers, deadlines,
 * ceilings. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

static int try_lock(void *mutex)
{
    int result = pthread_mutex_trylock(mutex);
    if (result == 0)
        pthread_mutex_unlock(mutex);
    return result;
}

static int unlock(void *mutex)
{
    return pthread_mutex_unlock(mutex);
}

static int timed_lock(void *mutex)
{
    struct timespec deadline = fact_deadline(CLOCK_REALTIME, 10);
    return pthread_mutex_timedlock(mutex, &deadline);
}

static int bad_timed_lock(void *mutex)
{
    struct timespec deadline = {0, -1};
    return pthread_mutex_timedlock(mutex, &deadline);
}

static int clock_lock(void *mutex)
{
    struct timespec deadline = fact_deadline(CLOCK_REALTIME, 10);
    return pthread_mutex_clocklock(mutex, CLOCK_REALTIME, &deadline);
}

static void inheriting(int kind)
{
    pthread_mutex_t mutex;
    pthread_mutexattr_t attributes;
    /* Here even a try of an error-checking mutex by its owner is told from a busy one. */
    int own_try = kind == PTHREAD_MUTEX_RECURSIVE    ? 0
                  : kind == PTHREAD_MUTEX_ERRORCHECK ? EDEADLK
                                                     : EBUSY;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, kind);
    FACT_RESULT(0, pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT));
    FACT_RESULT(0, pthread_mutex_init(&mutex, &attributes));
    fact_say("-- inheriting, kind %d", kind);
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
    FACT_RESULT(EBUSY, fact_elsewhere(try_lock, &mutex));
    FACT_RESULT(ETIMEDOUT, fact_elsewhere(timed_lock, &mutex));
    FACT_RESULT(ETIMEDOUT, fact_elsewhere(clock_lock, &mutex));
    FACT_RESULT(EINVAL, fact_elsewhere(bad_timed_lock, &mutex));
    FACT_RESULT(own_try, try_lock(&mutex));
    if (kind == PTHREAD_MUTEX_ERRORCHECK) {
        FACT_RESULT(EDEADLK, pthread_mutex_lock(&mutex));
        FACT_RESULT(EDEADLK, timed_lock(&mutex));
    }
    FACT_RESULT(EPERM, fact_elsewhere(unlock, &mutex));
    FACT_RESULT(EBUSY, pthread_mutex_destroy(&mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    FACT_RESULT(0, fact_elsewhere(try_lock, &mutex));
    FACT_RESULT(EPERM, pthread_mutex_unlock(&mutex));
    FACT_RESULT(0, pthread_mutex_destroy(&mutex));
}

static void protecting(int ceiling, int kind)
{
    pthread_mutex_t mutex;
    pthread_mutexattr_t attributes;
    int old = -1;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, kind);
    FACT_RESULT(0, pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_PROTECT));
    FACT_RESULT(0, pthread_mutexattr_setprioceiling(&attributes, ceiling));
    FACT_RESULT(0, pthread_mutex_init(&mutex, &attributes));
    fact_say("-- protecting, kind %d, ceiling %d", kind, ceiling);
    FACT_RESULT(0, pthread_mutex_getprioceiling(&mutex, &old));
    FACT_VALUE(ceiling, old);
    /* Raising the priority needs a right that not every user of this test has: results that
     * depend on it are compared with the native run only. */
    int result = pthread_mutex_lock(&mutex);
    fact_say("lock = %s", strerrorname_np(result));
    if (result == 0) {
        fact_say("elsewhere = %s", strerrorname_np(fact_elsewhere(try_lock, &mutex)));
        if (kind == PTHREAD_MUTEX_ERRORCHECK)
            FACT_RESULT(EDEADLK, pthread_mutex_lock(&mutex));
        FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    }
    fact_say("trylock = %s", strerrorname_np(try_lock(&mutex)));
    FACT_RESULT(EINVAL, pthread_mutex_setprioceiling(&mutex, 1000, &old));
    fact_say("destroy = %s", strerrorname_np(pthread_mutex_destroy(&mutex)));
}

int main(void)
{
    static const int kinds[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE,
                                PTHREAD_MUTEX_ERRORCHECK};
    pthread_mutexattr_t attributes;
    pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
    int ceiling;
    for (int i = 0; i < 3; i++) {
        inheriting(kinds[i]);
        protecting(sched_get_priority_min(SCHED_FIFO), kinds[i]);
        protecting(sched_get_priority_max(SCHED_FIFO), kinds[i]);
    }
    pthread_mutexattr_init(&attributes);
    FACT_RESULT(EINVAL, pthread_mutexattr_setprioceiling(&attributes, 1000));
    FACT_RESULT(EINVAL, pthread_mutexattr_setprotocol(&attributes, 77));
    FACT_RESULT(EINVAL, pthread_mutex_getprioceiling(&plain, &ceiling));
    FACT_RESULT(EINVAL, pthread_mutex_setprioceiling(&plain, 1, &ceiling));
    return fact_status();
}
