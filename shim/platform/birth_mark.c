#include "shim/platform/birth_mark.h"

#include "shim/platform/real.h"

bool birth_mark_enabled;

static bool is_kept_by_a_mutex(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    bool was_missing = birth_mark_is_missing(TRACE_LOCK_MUTEX, &mutex);
    birth_mark_set(TRACE_LOCK_MUTEX, &mutex);
    return was_missing && REAL(pthread_mutex_lock)(&mutex) == 0 &&
           REAL(pthread_mutex_unlock)(&mutex) == 0 && REAL(pthread_mutex_trylock)(&mutex) == 0 &&
           REAL(pthread_mutex_unlock)(&mutex) == 0 &&
           !birth_mark_is_missing(TRACE_LOCK_MUTEX, &mutex);
}

static bool is_kept_by_a_rwlock(void)
{
    pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
    bool was_missing = birth_mark_is_missing(TRACE_LOCK_RWLOCK, &rwlock);
    birth_mark_set(TRACE_LOCK_RWLOCK, &rwlock);
    return was_missing && REAL(pthread_rwlock_rdlock)(&rwlock) == 0 &&
           REAL(pthread_rwlock_unlock)(&rwlock) == 0 && REAL(pthread_rwlock_wrlock)(&rwlock) == 0 &&
           REAL(pthread_rwlock_unlock)(&rwlock) == 0 &&
           !birth_mark_is_missing(TRACE_LOCK_RWLOCK, &rwlock);
}

void birth_mark_start(void)
{
    if (!real_is_of_the_c_library((void *)REAL(pthread_mutex_lock)) ||
        !real_is_of_the_c_library((void *)REAL(pthread_rwlock_rdlock)))
        return;
    birth_mark_enabled = true;
    birth_mark_enabled = is_kept_by_a_mutex() && is_kept_by_a_rwlock();
}
