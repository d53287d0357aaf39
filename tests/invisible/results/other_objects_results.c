/* Semaphores, barriers, once and the C11 forms answer as without the shim. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <semaphore.h>
#include <threads.h>

static pthread_barrier_t barrier;
static int once_runs;

static int wait_at_barrier(void *unused)
{
    (void)unused;
    return pthread_barrier_wait(&barrier);
}

static void count_once(void)
{
    once_runs++;
}

static void semaphores(void)
{
    sem_t semaphore;
    int value = -1;
    struct timespec past = {0, 0}, bad = {0, -1};
    FACT_CALL(EINVAL, sem_init(&semaphore, 0, 1U << 31));
    FACT_CALL(0, sem_init(&semaphore, 0, 1));
    FACT_CALL(0, sem_wait(&semaphore));
    FACT_CALL(EAGAIN, sem_trywait(&semaphore));
    FACT_CALL(ETIMEDOUT, sem_timedwait(&semaphore, &past));
    FACT_CALL(EINVAL, sem_timedwait(&semaphore, &bad));
    FACT_CALL(ETIMEDOUT, sem_clockwait(&semaphore, CLOCK_MONOTONIC, &past));
    FACT_CALL(EINVAL, sem_clockwait(&semaphore, 99, &past));
    FACT_CALL(0, sem_post(&semaphore));
    FACT_CALL(0, sem_getvalue(&semaphore, &value));
    FACT_VALUE(1, value);
    FACT_CALL(EINVAL, sem_timedwait(&semaphore, &bad));
    FACT_CALL(0, sem_destroy(&semaphore));
}

static void barriers_and_once(void)
{
    pthread_once_t once = PTHREAD_ONCE_INIT;
    FACT_RESULT(EINVAL, pthread_barrier_init(&barrier, NULL, 0));
    FACT_RESULT(0, pthread_barrier_init(&barrier, NULL, 1));
    FACT_RESULT(PTHREAD_BARRIER_SERIAL_THREAD, pthread_barrier_wait(&barrier));
    FACT_RESULT(PTHREAD_BARRIER_SERIAL_THREAD, fact_elsewhere(wait_at_barrier, NULL));
    FACT_RESULT(0, pthread_barrier_destroy(&barrier));
    FACT_RESULT(0, pthread_once(&once, count_once));
    FACT_RESULT(0, pthread_once(&once, count_once));
    FACT_VALUE(1, once_runs);
}

static int try_standard_mutex(void *mutex)
{
    int result = mtx_trylock(mutex);
    if (result == thrd_success)
        mtx_unlock(mutex);
    return result;
}

static int return_42(void *unused)
{
    (void)unused;
    return 42;
}

static void standard_threads(void)
{
    mtx_t mutex;
    cnd_t condition;
    thrd_t thread;
    once_flag flag = ONCE_FLAG_INIT;
    struct timespec past = {0, 0};
    int result = 0;
    FACT_VALUE(thrd_success, mtx_init(&mutex, mtx_timed | mtx_recursive));
    FACT_VALUE(thrd_success, mtx_lock(&mutex));
    FACT_VALUE(thrd_success, mtx_timedlock(&mutex, &past));
    FACT_VALUE(thrd_busy, fact_elsewhere(try_standard_mutex, &mutex));
    FACT_VALUE(thrd_success, mtx_unlock(&mutex));
    FACT_VALUE(thrd_success, mtx_unlock(&mutex));
    FACT_VALUE(thrd_success, cnd_init(&condition));
    FACT_VALUE(thrd_success, mtx_lock(&mutex));
    FACT_VALUE(thrd_timedout, cnd_timedwait(&condition, &mutex, &past));
    FACT_VALUE(thrd_success, cnd_broadcast(&condition));
    FACT_VALUE(thrd_success, mtx_unlock(&mutex));
    FACT_VALUE(thrd_success, thrd_create(&thread, return_42, NULL));
    FACT_VALUE(thrd_success, thrd_join(thread, &result));
    FACT_VALUE(42, result);
    call_once(&flag, count_once);
    call_once(&flag, count_once);
    FACT_VALUE(2, once_runs);
    cnd_destroy(&condition);
    mtx_destroy(&mutex);
}

int main(void)
{
    semaphores();
    barriers_and_once();
    standard_threads();
    return fact_status();
}
