/* Reader-writer locks of each kind, static and initialised, private and shared: tries, relocks by
 * the owner (EDEADLK, EBUSY), other threads' views and glibc's own counters. */
#include "tests/invisible/fact.h"

#include <pthread.h>

static int try_read(void *lock)
{
    int result = pthread_rwlock_tryrdlock(lock);
    if (result == 0)
        pthread_rwlock_unlock(lock);
    return result;
}

static int try_write(void *lock)
{
    int result = pthread_rwlock_trywrlock(lock);
    if (result == 0)
        pthread_rwlock_unlock(lock);
    return result;
}

static void show(const pthread_rwlock_t *lock)
{
    fact_say("  state: readers %u, writers %u, write owner %s", lock->__data.__readers,
             lock->__data.__writers, lock->__data.__cur_writer == 0 ? "nobody" : "somebody");
}

static void reading(pthread_rwlock_t *lock)
{
    FACT_RESULT(0, pthread_rwlock_rdlock(lock));
    FACT_RESULT(0, pthread_rwlock_rdlock(lock));
    FACT_RESULT(0, pthread_rwlock_tryrdlock(lock));
    show(lock);
    FACT_RESULT(EBUSY, pthread_rwlock_trywrlock(lock));
    FACT_RESULT(0, fact_elsewhere(try_read, lock));
    FACT_RESULT(EBUSY, fact_elsewhere(try_write, lock));
    FACT_RESULT(0, pthread_rwlock_unlock(lock));
    FACT_RESULT(0, pthread_rwlock_unlock(lock));
    FACT_RESULT(EBUSY, fact_elsewhere(try_write, lock));
    FACT_RESULT(0, pthread_rwlock_unlock(lock));
    show(lock);
    FACT_RESULT(0, fact_elsewhere(try_write, lock));
}

static void writing(pthread_rwlock_t *lock)
{
    struct timespec soon = fact_deadline(CLOCK_REALTIME, 10);
    FACT_RESULT(0, pthread_rwlock_wrlock(lock));
    show(lock);
    FACT_RESULT(EDEADLK, pthread_rwlock_wrlock(lock));
    FACT_RESULT(EDEADLK, pthread_rwlock_rdlock(lock));
    FACT_RESULT(EDEADLK, pthread_rwlock_timedwrlock(lock, &soon));
    FACT_RESULT(EDEADLK, pthread_rwlock_timedrdlock(lock, &soon));
    FACT_RESULT(EDEADLK, pthread_rwlock_clockwrlock(lock, CLOCK_REALTIME, &soon));
    FACT_RESULT(EDEADLK, pthread_rwlock_clockrdlock(lock, CLOCK_REALTIME, &soon));
    FACT_RESULT(EBUSY, pthread_rwlock_tryrdlock(lock));
    FACT_RESULT(EBUSY, pthread_rwlock_trywrlock(lock));
    FACT_RESULT(EBUSY, fact_elsewhere(try_read, lock));
    FACT_RESULT(EBUSY, fact_elsewhere(try_write, lock));
    show(lock);
    FACT_RESULT(0, pthread_rwlock_unlock(lock));
    FACT_RESULT(0, fact_elsewhere(try_write, lock));
    FACT_RESULT(0, pthread_rwlock_trywrlock(lock));
    FACT_RESULT(EDEADLK, pthread_rwlock_wrlock(lock));
    FACT_RESULT(0, pthread_rwlock_unlock(lock));
    show(lock);
}

static void exercise(const char *name, pthread_rwlock_t *lock)
{
    fact_say("-- %s", name);
    reading(lock);
    writing(lock);
    FACT_RESULT(0, pthread_rwlock_destroy(lock));
}

static void initialised(int kind, int shared)
{
    pthread_rwlock_t lock;
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    FACT_RESULT(0, pthread_rwlockattr_setkind_np(&attributes, kind));
    FACT_RESULT(0, pthread_rwlockattr_setpshared(&attributes, shared));
    FACT_RESULT(0, pthread_rwlock_init(&lock, &attributes));
    exercise("initialised", &lock);
}

int main(void)
{
    static pthread_rwlock_t plain = PTHREAD_RWLOCK_INITIALIZER;
    static pthread_rwlock_t writers = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
    exercise("static", &plain);
    exercise("static, writers first", &writers);
    for (int kind = PTHREAD_RWLOCK_PREFER_READER_NP;
         kind <= PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP; kind++) {
        initialised(kind, PTHREAD_PROCESS_PRIVATE);
        initialised(kind, PTHREAD_PROCESS_SHARED);
    }
    return fact_status();
}
