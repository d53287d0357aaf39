/* A signal to a thread that waits: its handler runs during the wait, lock and join waits go on
 * afterwards, semaphores and sleeps end with EINTR, as without the shim. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, handlers_own = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static sem_t semaphore;
static atomic_int tid, handled, returned_error;
static pthread_t holder;
static pthread_barrier_t release;

static void handle(int number)
{
    (void)number;
    pthread_mutex_lock(&handlers_own);
    atomic_fetch_add(&handled, 1);
    pthread_mutex_unlock(&handlers_own);
}

static void *hold_all(void *unused)
{
    pthread_mutex_lock(&mutex);
    pthread_rwlock_wrlock(&lock);
    pthread_barrier_wait(&release);
    pthread_barrier_wait(&release);
    pthread_rwlock_unlock(&lock);
    pthread_mutex_unlock(&mutex);
    return unused;
}

static int wait_mutex(void)
{
    int result = pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    return result;
}

static int wait_rwlock(void)
{
    int result = pthread_rwlock_rdlock(&lock);
    pthread_rwlock_unlock(&lock);
    return result;
}

static int wait_join(void)
{
    return pthread_join(holder, NULL);
}

static int wait_semaphore(void)
{
    return sem_wait(&semaphore) == 0 ? 0 : errno;
}

static int wait_pause(void)
{
    return pause() == 0 ? 0 : errno;
}

static void *wait_in(void *wait)
{
    atomic_store(&tid, gettid());
    atomic_store(&returned_error, ((int (*)(void))wait)());
    return NULL;
}

static void interrupt(const char *what, int (*wait)(void), int expected)
{
    pthread_t waiter;
    pthread_barrier_init(&release, NULL, 2);
    pthread_create(&holder, NULL, hold_all, NULL);
    pthread_barrier_wait(&release);
    atomic_store(&tid, 0);
    atomic_store(&handled, 0);
    pthread_create(&waiter, NULL, wait_in, (void *)wait);
    while (atomic_load(&tid) == 0)
        usleep(100);
    fact_wait_asleep(atomic_load(&tid));
    pthread_kill(waiter, SIGUSR1);
    while (atomic_load(&handled) == 0)
        usleep(100);
    if (expected == 0)
        fact_wait_asleep(atomic_load(&tid));
    pthread_barrier_wait(&release);
    pthread_join(waiter, NULL);
    if (wait != wait_join)
        pthread_join(holder, NULL);
    fact_say("-- %s", what);
    FACT_VALUE(expected, returned_error);
    FACT_VALUE(1, handled);
}

int main(void)
{
    struct sigaction action = {.sa_handler = handle};
    sigaction(SIGUSR1, &action, NULL);
    sem_init(&semaphore, 0, 0);
    interrupt("mutex", wait_mutex, 0);
    interrupt("reader-writer lock", wait_rwlock, 0);
    interrupt("join", wait_join, 0);
    interrupt("semaphore", wait_semaphore, EINTR);
    interrupt("pause", wait_pause, EINTR);
    return fact_status();
}
