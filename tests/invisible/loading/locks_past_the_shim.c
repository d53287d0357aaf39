/* Calls that reach libc past any interposer, as those from deep-bound libraries do: a lock taken
 * unseen and released seen, or the other way round, goes on working, with the right answers. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>
#include <pthread.h>

static int (*unseen_lock)(pthread_mutex_t *);
static int (*unseen_unlock)(pthread_mutex_t *);
static int (*unseen_write)(pthread_rwlock_t *);
static int (*unseen_rwunlock)(pthread_rwlock_t *);
static int (*unseen_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
static int (*unseen_join)(pthread_t, void **);

static int try_lock(void *mutex)
{
    int result = pthread_mutex_trylock(mutex);
    if (result == 0)
        pthread_mutex_unlock(mutex);
    return result;
}

static void mixed_mutex(pthread_mutex_t *mutex, int again)
{
    for (int round = 0; round < 3; round++) {
        FACT_RESULT(0, unseen_lock(mutex));
        FACT_RESULT(EBUSY, fact_elsewhere(try_lock, mutex));
        if (again != EBUSY)
            FACT_RESULT(again, pthread_mutex_lock(mutex));
        if (again == 0)
            FACT_RESULT(0, unseen_unlock(mutex));
        FACT_RESULT(0, pthread_mutex_unlock(mutex));
        FACT_RESULT(0, fact_elsewhere(try_lock, mutex));
        FACT_RESULT(0, pthread_mutex_lock(mutex));
        FACT_RESULT(EBUSY, fact_elsewhere(try_lock, mutex));
        FACT_RESULT(0, unseen_unlock(mutex));
        FACT_RESULT(0, fact_elsewhere(try_lock, mutex));
    }
}

static void mixed_rwlock(void)
{
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    FACT_RESULT(0, unseen_write(&lock));
    FACT_RESULT(EDEADLK, pthread_rwlock_wrlock(&lock));
    FACT_RESULT(EBUSY, pthread_rwlock_tryrdlock(&lock));
    FACT_RESULT(0, pthread_rwlock_unlock(&lock));
    FACT_RESULT(0, pthread_rwlock_wrlock(&lock));
    FACT_RESULT(0, unseen_rwunlock(&lock));
    FACT_RESULT(0, pthread_rwlock_rdlock(&lock));
    FACT_RESULT(0, unseen_rwunlock(&lock));
    FACT_RESULT(0, pthread_rwlock_wrlock(&lock));
    FACT_RESULT(0, pthread_rwlock_unlock(&lock));
}

static void *lock_in_thread(void *mutex)
{
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    return mutex;
}

static void mixed_threads(pthread_mutex_t *mutex)
{
    pthread_t thread;
    FACT_VALUE(0, unseen_create(&thread, NULL, lock_in_thread, mutex));
    FACT_RESULT(0, pthread_join(thread, NULL));
    FACT_VALUE(0, pthread_create(&thread, NULL, lock_in_thread, mutex));
    FACT_RESULT(0, unseen_join(thread, NULL));
    FACT_VALUE(0, unseen_create(&thread, NULL, lock_in_thread, mutex));
    FACT_RESULT(0, pthread_detach(thread));
}

int main(void)
{
    pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    static pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    *(void **)&unseen_lock = dlsym(libc, "pthread_mutex_lock");
    *(void **)&unseen_unlock = dlsym(libc, "pthread_mutex_unlock");
    *(void **)&unseen_write = dlsym(libc, "pthread_rwlock_wrlock");
    *(void **)&unseen_rwunlock = dlsym(libc, "pthread_rwlock_unlock");
    *(void **)&unseen_create = dlsym(libc, "pthread_create");
    *(void **)&unseen_join = dlsym(libc, "pthread_join");
    mixed_mutex(&normal, EBUSY);
    mixed_mutex(&recursive, 0);
    mixed_mutex(&checking, EDEADLK);
    mixed_rwlock();
    mixed_threads(&checking);
    return fact_status();
}
