/* With a cancellation already pending, each call either is a cancellation point or is not: the
 * same ones with the shim, even when the call would not have had to wait. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t semaphore;
static struct timespec past;

#define CALL(name, call)                                                                           \
    static void name(void)                                                                         \
    {                                                                                              \
        call;                                                                                      \
    }

/* A join is a cancellation point only while the thread joined is alive. */
static void *stay(void *unused)
{
    pause();
    return unused;
}

static void nothing(void)
{
}

static pthread_t alive(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, stay, NULL);
    return thread;
}

static void unlock(void *held)
{
    pthread_mutex_unlock(held);
}

static void wait_with(int (*timed)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))
{
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    timed(&condition, &mutex, &past);
    pthread_cleanup_pop(1);
}

static int clock_wait(pthread_cond_t *which, pthread_mutex_t *held, const struct timespec *deadline)
{
    return pthread_cond_clockwait(which, held, CLOCK_MONOTONIC, deadline);
}

CALL(mutex_lock, pthread_mutex_lock(&mutex); pthread_mutex_unlock(&mutex))
CALL(mutex_trylock, pthread_mutex_trylock(&mutex); pthread_mutex_unlock(&mutex))
CALL(mutex_timedlock, pthread_mutex_timedlock(&mutex, &past); pthread_mutex_unlock(&mutex))
CALL(rwlock_rdlock, pthread_rwlock_rdlock(&lock); pthread_rwlock_unlock(&lock))
CALL(rwlock_wrlock, pthread_rwlock_wrlock(&lock); pthread_rwlock_unlock(&lock))
CALL(rwlock_timed, pthread_rwlock_timedwrlock(&lock, &past); pthread_rwlock_unlock(&lock))
CALL(spin_lock, pthread_spin_lock(&spin); pthread_spin_unlock(&spin))
CALL(barrier_wait, pthread_barrier_wait(&barrier))
CALL(once_call, pthread_once(&once, nothing))
CALL(semaphore_wait, sem_wait(&semaphore); sem_post(&semaphore))
CALL(semaphore_trywait, sem_trywait(&semaphore); sem_post(&semaphore))
CALL(semaphore_timedwait, sem_timedwait(&semaphore, &past); sem_post(&semaphore))
CALL(semaphore_post, sem_post(&semaphore))
CALL(condition_timedwait, wait_with(pthread_cond_timedwait))
CALL(condition_clockwait, wait_with(clock_wait))
CALL(condition_not_owned, pthread_cond_timedwait(&condition, &checking, &past))
CALL(condition_signal, pthread_cond_signal(&condition))
CALL(thread_create, alive())
CALL(thread_join, pthread_join(alive(), NULL))
CALL(thread_tryjoin, pthread_tryjoin_np(alive(), NULL))
CALL(thread_timedjoin, pthread_timedjoin_np(alive(), NULL, &past))
CALL(thread_detach, pthread_detach(alive()))
CALL(thread_setname, pthread_setname_np(pthread_self(), "named"))

static const struct {
    const char *name;
    void (*call)(void);
    bool cancels;
} calls[] = {
#define ROW(name, cancels)                                                                         \
    {                                                                                              \
#name, name, cancels                                                                       \
    }
    ROW(mutex_lock, false),          ROW(mutex_trylock, false),      ROW(mutex_timedlock, false),
    ROW(rwlock_rdlock, false),       ROW(rwlock_wrlock, false),      ROW(rwlock_timed, false),
    ROW(spin_lock, false),           ROW(barrier_wait, false),       ROW(once_call, false),
    ROW(semaphore_wait, true),       ROW(semaphore_trywait, false),  ROW(semaphore_timedwait, true),
    ROW(semaphore_post, false),      ROW(condition_timedwait, true), ROW(condition_clockwait, true),
    ROW(condition_not_owned, false), ROW(condition_signal, false),   ROW(thread_create, false),
    ROW(thread_join, true),          ROW(thread_tryjoin, false),     ROW(thread_timedjoin, true),
    ROW(thread_detach, false),       ROW(thread_setname, false),
#undef ROW
};

static void *call_with_cancel_pending(void *index)
{
    pthread_cancel(pthread_self());
    calls[(long)index].call();
    return NULL;
}

int main(void)
{
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    pthread_barrier_init(&barrier, NULL, 1);
    sem_init(&semaphore, 0, 5);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        pthread_t thread;
        void *result;
        pthread_create(&thread, NULL, call_with_cancel_pending, (void *)i);
        pthread_join(thread, &result);
        fact_say("-- %s", calls[i].name);
        FACT_VALUE(calls[i].cancels, result == PTHREAD_CANCELED);
        FACT_RESULT(0, pthread_mutex_trylock(&mutex));
        FACT_RESULT(0, pthread_mutex_unlock(&mutex));
        FACT_RESULT(0, pthread_rwlock_trywrlock(&lock));
        FACT_RESULT(0, pthread_rwlock_unlock(&lock));
    }
    return fact_status();
}
