/* A program that defines pthread functions itself stands in front of every library: its versions
 * are called by libraries as well, and RTLD_NEXT from it leads to working ones. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int locks, waits;
static pthread_mutex_t mutex = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

int pthread_mutex_lock(pthread_mutex_t *object)
{
    int (*next)(pthread_mutex_t *) = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, __func__);
    atomic_fetch_add(&locks, 1);
    return next(object);
}

int pthread_cond_timedwait(pthread_cond_t *object, pthread_mutex_t *held,
                           const struct timespec *deadline)
{
    int (*next)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *) =
        (int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))dlvsym(
            RTLD_NEXT, __func__, "GLIBC_2.3.2");
    atomic_fetch_add(&waits, 1);
    return next(object, held, deadline);
}

static int lock_and_wait(void *unused)
{
    struct timespec past = {0, 0};
    (void)unused;
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
    FACT_RESULT(EDEADLK, pthread_mutex_lock(&mutex));
    FACT_RESULT(ETIMEDOUT, pthread_cond_timedwait(&condition, &mutex, &past));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    return 0;
}

int main(void)
{
    lock_and_wait(NULL);
    int before = atomic_load(&locks);
    FACT_VALUE(0, fact_elsewhere(lock_and_wait, NULL));
    FACT_VALUE(2, atomic_load(&locks) - before);
    FACT_VALUE(2, atomic_load(&waits));
    return fact_status();
}
