/* What the functions of locks answer that are one lock with another, in the other's hands. */
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <threads.h>

#include "scene.h"

pthread_mutex_t kept = PTHREAD_MUTEX_INITIALIZER; /* one lock with all of these */
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t checked;
pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_spinlock_t spin;
sem_t semaphore;
mtx_t c11;
pthread_mutex_t robust, shared; /* that they are not */

static flag is_kept, may_go;

static void *keep(void *unused)
{
    (void)unused;
    CHECK(pthread_mutex_lock(&kept) == 0);
    reached(&is_kept);
    await(&may_go);
    CHECK(pthread_mutex_unlock(&kept) == 0);
    return NULL;
}

static void on_signal(int number)
{
    (void)number;
}

/* Fails in time, not before. */
#define TIMES_OUT(CLOCK, CALL)                                                                     \
    do {                                                                                           \
        struct timespec deadline = after_ms(CLOCK, 5), now;                                        \
        CALL;                                                                                      \
        clock_gettime(CLOCK, &now);                                                                \
        CHECK(now.tv_sec > deadline.tv_sec ||                                                      \
              (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec));                 \
    } while (0)

static void others_have_it(void)
{
    errno = 77;
    CHECK(pthread_mutex_trylock(&mutex) == EBUSY);
    CHECK(pthread_mutex_trylock(&checked) == EBUSY);
    CHECK(pthread_rwlock_tryrdlock(&rwlock) == EBUSY);
    CHECK(pthread_rwlock_trywrlock(&rwlock) == EBUSY);
    CHECK(pthread_spin_trylock(&spin) == EBUSY);
    CHECK(mtx_trylock(&c11) == thrd_busy);
    TIMES_OUT(CLOCK_REALTIME, CHECK(pthread_mutex_timedlock(&mutex, &deadline) == ETIMEDOUT));
    TIMES_OUT(CLOCK_MONOTONIC,
              CHECK(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &deadline) == ETIMEDOUT));
    TIMES_OUT(CLOCK_REALTIME, CHECK(pthread_rwlock_timedrdlock(&rwlock, &deadline) == ETIMEDOUT));
    TIMES_OUT(CLOCK_MONOTONIC,
              CHECK(pthread_rwlock_clockwrlock(&rwlock, CLOCK_MONOTONIC, &deadline) == ETIMEDOUT));
    TIMES_OUT(CLOCK_REALTIME, CHECK(mtx_timedlock(&c11, &deadline) == thrd_timedout));
    CHECK(errno == 77);
    CHECK(sem_trywait(&semaphore) == -1 && errno == EAGAIN);
    TIMES_OUT(CLOCK_REALTIME,
              CHECK(sem_timedwait(&semaphore, &deadline) == -1 && errno == ETIMEDOUT));
    TIMES_OUT(CLOCK_MONOTONIC, CHECK(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &deadline) == -1 &&
                                     errno == ETIMEDOUT));
    struct timespec bad = {.tv_nsec = -1};
    CHECK(pthread_mutex_timedlock(&mutex, &bad) == EINVAL);
    CHECK(pthread_rwlock_timedwrlock(&rwlock, &bad) == EINVAL);
    CHECK(sem_timedwait(&semaphore, &bad) == -1 && errno == EINVAL);
}

/* Of locks that the thread does not have: the real functions answer. */
static void not_mine(void)
{
    int value = -1;
    CHECK(pthread_mutex_unlock(&checked) == EPERM);
    CHECK(sem_getvalue(&semaphore, &value) == 0 && value == 1);
}

static void mine(void)
{
    int value = -1;
    CHECK(pthread_mutex_lock(&mutex) == 0);
    CHECK(pthread_mutex_trylock(&mutex) == EBUSY);
    CHECK(pthread_mutex_destroy(&mutex) == EBUSY);
    CHECK(pthread_mutex_lock(&checked) == 0);
    CHECK(pthread_mutex_lock(&checked) == EDEADLK);
    CHECK(pthread_rwlock_wrlock(&rwlock) == 0);
    CHECK(pthread_rwlock_wrlock(&rwlock) == EDEADLK);
    CHECK(pthread_rwlock_rdlock(&rwlock) == EDEADLK);
    CHECK(pthread_rwlock_tryrdlock(&rwlock) == EBUSY);
    CHECK(pthread_rwlock_unlock(&rwlock) == 0);
    CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
    CHECK(pthread_rwlock_tryrdlock(&rwlock) == 0);
    CHECK(pthread_rwlock_trywrlock(&rwlock) == EBUSY);
    CHECK(pthread_rwlock_unlock(&rwlock) == 0);
    CHECK(pthread_rwlock_unlock(&rwlock) == 0);
    CHECK(pthread_spin_lock(&spin) == 0);
    CHECK(pthread_spin_trylock(&spin) == EBUSY);
    CHECK(pthread_spin_unlock(&spin) == 0);
    CHECK(sem_wait(&semaphore) == 0);
    CHECK(sem_getvalue(&semaphore, &value) == 0 && value == 0);
    CHECK(sem_trywait(&semaphore) == -1 && errno == EAGAIN);
    CHECK(sem_post(&semaphore) == 0);
    CHECK(mtx_lock(&c11) == thrd_success);
    CHECK(mtx_trylock(&c11) == thrd_busy);
    CHECK(mtx_unlock(&c11) == thrd_success);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    CHECK(pthread_mutex_unlock(&checked) == 0);
    CHECK(pthread_mutex_unlock(&checked) == EPERM);
    struct timespec past = {0}, bad = {.tv_nsec = -1};
    CHECK(pthread_mutex_timedlock(&mutex, &past) == 0); /* it is free */
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    CHECK(pthread_mutex_timedlock(&mutex, &bad) == 0);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    CHECK(sem_timedwait(&semaphore, &past) == 0);
    CHECK(sem_post(&semaphore) == 0);
}

static void *wait_interrupted(void *unused)
{
    (void)unused;
    CHECK(sem_wait(&semaphore) == -1 && errno == EINTR);
    return NULL;
}

static void *wait_cancelled(void *unused)
{
    (void)unused;
    sem_wait(&semaphore);
    return NULL;
}

/* A wait that a signal ends, and one that is cancelled. */
static void ended_from_outside(void)
{
    pthread_t thread;
    void *value;
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_signal}, NULL);
    CHECK(pthread_create(&thread, NULL, wait_interrupted, NULL) == 0);
    sleep_ms(10);
    pthread_kill(thread, SIGUSR1);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(pthread_create(&thread, NULL, wait_cancelled, NULL) == 0);
    sleep_ms(10);
    pthread_cancel(thread);
    CHECK(pthread_join(thread, &value) == 0 && value == PTHREAD_CANCELED);
}

static void init_all(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checked, &attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_NORMAL);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_STALLED);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared, &attributes);
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    sem_init(&semaphore, 0, 1);
    mtx_init(&c11, mtx_timed);
}

int main(void)
{
    pthread_t keeper;
    init_all();
    mine();
    CHECK(pthread_create(&keeper, NULL, keep, NULL) == 0);
    await(&is_kept);
    others_have_it();
    not_mine();
    ended_from_outside();
    CHECK(pthread_mutex_lock(&robust) == 0 && pthread_mutex_lock(&shared) == 0);
    CHECK(pthread_mutex_unlock(&robust) == 0 && pthread_mutex_unlock(&shared) == 0);
    reached(&may_go);
    CHECK(pthread_join(keeper, NULL) == 0);
    mine();
    CHECK(pthread_mutex_destroy(&mutex) == 0 && pthread_mutex_destroy(&kept) == 0);
    return 0;
}
