/* Every kind of mutex, private and shared, answers each call as without the shim, leaves errno
 * alone, and glibc's own fields in it (owner, recursion count, users) go through the same values.
 */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <unistd.h>

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

static void show(const pthread_mutex_t *mutex)
{
    fact_say("  state: lock %d, count %u, owner %s, users %u", mutex->__data.__lock,
             mutex->__data.__count,
             mutex->__data.__owner == 0          ? "nobody"
             : mutex->__data.__owner == gettid() ? "this thread"
                                                 : "another",
             mutex->__data.__nusers);
}

static void plain(pthread_mutex_t *mutex)
{
    FACT_RESULT(0, pthread_mutex_lock(mutex));
    show(mutex);
    FACT_RESULT(EBUSY, fact_elsewhere(try_lock, mutex));
    FACT_RESULT(0, pthread_mutex_unlock(mutex));
    show(mutex);
    FACT_RESULT(0, fact_elsewhere(try_lock, mutex));
    FACT_RESULT(0, pthread_mutex_trylock(mutex));
    FACT_RESULT(EBUSY, fact_elsewhere(try_lock, mutex));
    FACT_RESULT(EBUSY, pthread_mutex_destroy(mutex));
    FACT_RESULT(0, pthread_mutex_unlock(mutex));
}

static void relocked(pthread_mutex_t *mutex, int kind)
{
    int again = kind == PTHREAD_MUTEX_RECURSIVE ? 0 : EBUSY;
    FACT_RESULT(0, pthread_mutex_lock(mutex));
    FACT_RESULT(again, pthread_mutex_trylock(mutex));
    show(mutex);
    if (kind == PTHREAD_MUTEX_ERRORCHECK)
        FACT_RESULT(EDEADLK, pthread_mutex_lock(mutex));
    if (kind == PTHREAD_MUTEX_RECURSIVE) {
        FACT_RESULT(0, pthread_mutex_lock(mutex));
        show(mutex);
        FACT_RESULT(0, pthread_mutex_unlock(mutex));
        FACT_RESULT(0, pthread_mutex_unlock(mutex));
        FACT_RESULT(EBUSY, fact_elsewhere(try_lock, mutex));
    }
    show(mutex);
    FACT_RESULT(0, pthread_mutex_unlock(mutex));
    FACT_RESULT(0, fact_elsewhere(try_lock, mutex));
}

static void unlocked_by_stranger(pthread_mutex_t *mutex, int kind)
{
    if (kind != PTHREAD_MUTEX_RECURSIVE && kind != PTHREAD_MUTEX_ERRORCHECK)
        return;
    FACT_RESULT(EPERM, pthread_mutex_unlock(mutex));
    FACT_RESULT(0, pthread_mutex_lock(mutex));
    FACT_RESULT(EPERM, fact_elsewhere(unlock, mutex));
    show(mutex);
    FACT_RESULT(0, pthread_mutex_unlock(mutex));
}

static void exercise(const char *name, pthread_mutex_t *mutex, int kind)
{
    fact_say("-- %s", name);
    plain(mutex);
    relocked(mutex, kind);
    unlocked_by_stranger(mutex, kind);
    FACT_RESULT(0, pthread_mutex_destroy(mutex));
    FACT_RESULT(EINVAL, pthread_mutex_lock(mutex));
    FACT_RESULT(EINVAL, pthread_mutex_trylock(mutex));
    FACT_RESULT(EINVAL, pthread_mutex_unlock(mutex));
}

static void initialised(const char *name, int kind, int shared)
{
    pthread_mutex_t mutex;
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    FACT_RESULT(0, pthread_mutexattr_settype(&attributes, kind));
    FACT_RESULT(0, pthread_mutexattr_setpshared(&attributes, shared));
    FACT_RESULT(0, pthread_mutex_init(&mutex, &attributes));
    pthread_mutexattr_destroy(&attributes);
    exercise(name, &mutex, kind);
}

int main(void)
{
    static pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER;
    static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    static pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    static pthread_mutex_t adaptive = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;

    exercise("static normal", &normal, PTHREAD_MUTEX_NORMAL);
    exercise("static recursive", &recursive, PTHREAD_MUTEX_RECURSIVE);
    exercise("static error-checking", &checking, PTHREAD_MUTEX_ERRORCHECK);
    exercise("static adaptive", &adaptive, PTHREAD_MUTEX_ADAPTIVE_NP);
    for (int shared = PTHREAD_PROCESS_PRIVATE; shared <= PTHREAD_PROCESS_SHARED; shared++) {
        initialised("normal", PTHREAD_MUTEX_NORMAL, shared);
        initialised("recursive", PTHREAD_MUTEX_RECURSIVE, shared);
        initialised("error-checking", PTHREAD_MUTEX_ERRORCHECK, shared);
        initialised("adaptive", PTHREAD_MUTEX_ADAPTIVE_NP, shared);
    }
    return fact_status();
}
