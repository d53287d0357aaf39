/* glibc takes short cuts while a process has one thread. The same calls answer alike before the
 * first thread, beside one, and after it is gone; the process stays "single-threaded" until then.
 */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <sys/single_threaded.h>
#include <unistd.h>

static pthread_barrier_t met;

static void use_every_lock(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    struct timespec past = {0, 0};
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
    FACT_RESULT(EBUSY, pthread_mutex_trylock(&mutex));
    FACT_RESULT(ETIMEDOUT, pthread_cond_timedwait(&condition, &mutex, &past));
    FACT_RESULT(ETIMEDOUT, pthread_mutex_timedlock(&mutex, &past));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    FACT_RESULT(0, pthread_mutex_lock(&checking));
    FACT_RESULT(EDEADLK, pthread_mutex_lock(&checking));
    FACT_RESULT(0, pthread_mutex_unlock(&checking));
    FACT_RESULT(EPERM, pthread_mutex_unlock(&checking));
    FACT_RESULT(0, pthread_rwlock_wrlock(&lock));
    FACT_RESULT(EDEADLK, pthread_rwlock_rdlock(&lock));
    FACT_RESULT(0, pthread_rwlock_unlock(&lock));
    FACT_RESULT(0, pthread_rwlock_rdlock(&lock));
    FACT_RESULT(ETIMEDOUT, pthread_rwlock_timedwrlock(&lock, &past));
    FACT_RESULT(0, pthread_rwlock_unlock(&lock));
}

static void *stay(void *unused)
{
    pthread_barrier_wait(&met);
    pthread_barrier_wait(&met);
    return unused;
}

int main(void)
{
    pthread_t thread;
    FACT_VALUE(1, __libc_single_threaded);
    FACT_VALUE(1, gettid() == getpid());
    use_every_lock();
    FACT_VALUE(1, __libc_single_threaded);
    pthread_barrier_init(&met, NULL, 2);
    FACT_RESULT(0, pthread_create(&thread, NULL, stay, NULL));
    FACT_VALUE(0, __libc_single_threaded);
    pthread_barrier_wait(&met);
    use_every_lock();
    pthread_barrier_wait(&met);
    FACT_RESULT(0, pthread_join(thread, NULL));
    use_every_lock();
    fact_say("single-threaded after the join: %d", __libc_single_threaded);
    return fact_status();
}
