/* Mutex and rwlock attributes: bad values refused, good ones kept, defaults as glibc's, and
 * objects initialised with each give the kind asked for. */
#include "tests/invisible/fact.h"

#include <pthread.h>

static void mutex_attributes(void)
{
    pthread_mutexattr_t attributes;
    int value = -1;
    FACT_RESULT(0, pthread_mutexattr_init(&attributes));
    FACT_RESULT(0, pthread_mutexattr_gettype(&attributes, &value));
    FACT_VALUE(PTHREAD_MUTEX_DEFAULT, value);
    FACT_RESULT(0, pthread_mutexattr_getpshared(&attributes, &value));
    FACT_VALUE(PTHREAD_PROCESS_PRIVATE, value);
    FACT_RESULT(0, pthread_mutexattr_getrobust(&attributes, &value));
    FACT_VALUE(PTHREAD_MUTEX_STALLED, value);
    FACT_RESULT(0, pthread_mutexattr_getprotocol(&attributes, &value));
    FACT_VALUE(PTHREAD_PRIO_NONE, value);
    FACT_RESULT(EINVAL, pthread_mutexattr_settype(&attributes, 9));
    FACT_RESULT(EINVAL, pthread_mutexattr_settype(&attributes, -1));
    FACT_RESULT(EINVAL, pthread_mutexattr_setpshared(&attributes, 9));
    FACT_RESULT(EINVAL, pthread_mutexattr_setrobust(&attributes, 9));
    FACT_RESULT(0, pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK));
    FACT_RESULT(0, pthread_mutexattr_gettype(&attributes, &value));
    FACT_VALUE(PTHREAD_MUTEX_ERRORCHECK, value);
    FACT_RESULT(0, pthread_mutexattr_destroy(&attributes));
}

/* A robust priority-inheriting recursive shared one, and the same attribute object used twice. */
static void one_attribute_two_mutexes(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutex_t first, second;
    pthread_mutexattr_init(&attributes);
    FACT_RESULT(0, pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE));
    FACT_RESULT(0, pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT));
    FACT_RESULT(0, pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST));
    FACT_RESULT(0, pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED));
    FACT_RESULT(0, pthread_mutex_init(&first, &attributes));
    FACT_RESULT(0, pthread_mutex_init(&second, &attributes));
    FACT_VALUE(0, first.__data.__kind != second.__data.__kind);
    FACT_RESULT(0, pthread_mutex_lock(&first));
    FACT_RESULT(0, pthread_mutex_lock(&second));
    FACT_RESULT(0, pthread_mutex_lock(&first));
    FACT_RESULT(0, pthread_mutex_unlock(&first));
    FACT_RESULT(0, pthread_mutex_unlock(&second));
    FACT_RESULT(0, pthread_mutex_unlock(&first));
    FACT_RESULT(0, pthread_mutex_destroy(&first));
    FACT_RESULT(0, pthread_mutex_init(&first, NULL));
    FACT_VALUE(0, first.__data.__kind);
    FACT_RESULT(0, pthread_mutex_destroy(&first));
    FACT_RESULT(0, pthread_mutex_destroy(&second));
}

static void rwlock_attributes(void)
{
    pthread_rwlockattr_t attributes;
    pthread_rwlock_t lock;
    int value = -1;
    FACT_RESULT(0, pthread_rwlockattr_init(&attributes));
    FACT_RESULT(0, pthread_rwlockattr_getkind_np(&attributes, &value));
    FACT_VALUE(PTHREAD_RWLOCK_PREFER_READER_NP, value);
    FACT_RESULT(EINVAL, pthread_rwlockattr_setkind_np(&attributes, 9));
    FACT_RESULT(EINVAL, pthread_rwlockattr_setpshared(&attributes, 9));
    for (int kind = PTHREAD_RWLOCK_PREFER_READER_NP;
         kind <= PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP; kind++) {
        FACT_RESULT(0, pthread_rwlockattr_setkind_np(&attributes, kind));
        FACT_RESULT(0, pthread_rwlock_init(&lock, &attributes));
        fact_say("flags %u", lock.__data.__flags);
        FACT_RESULT(0, pthread_rwlock_destroy(&lock));
    }
    FACT_RESULT(0, pthread_rwlockattr_destroy(&attributes));
}

int main(void)
{
    mutex_attributes();
    one_attribute_two_mutexes();
    rwlock_attributes();
    return fact_status();
}
