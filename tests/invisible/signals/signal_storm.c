/* Signals from a timer and from another thread arrive all the while in threads that lock, wait on
 * conditions and create threads; every count comes out right. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>

enum { THREADS = 3, ROUNDS = 3000, NESTED = 40 };

static pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inner = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static sem_t handled;
static atomic_int signals_seen, ended;
static int turn, total;

/* Changes errno, as handlers should not but this one undoes; sem_post is async-signal-safe. */
static void handle(int signal)
{
    int before = errno;
    errno = signal;
    atomic_fetch_add(&signals_seen, 1);
    sem_post(&handled);
    errno = before;
}

static void *nothing(void *unused)
{
    pthread_mutex_lock(&inner);
    pthread_mutex_unlock(&inner);
    return unused;
}

static void nest(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0)
        fact_say("no thread");
}

static void *work(void *number)
{
    errno = FACT_ERRNO;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&outer);
        while (turn != (int)(long)number)
            pthread_cond_wait(&turned, &outer);
        turn = (turn + 1) % THREADS;
        pthread_cond_broadcast(&turned);
        pthread_mutex_lock(&inner);
        pthread_rwlock_rdlock(&table);
        total++;
        pthread_rwlock_unlock(&table);
        pthread_mutex_unlock(&inner);
        pthread_mutex_unlock(&outer);
        if (i % (ROUNDS / NESTED) == 0)
            nest();
    }
    FACT_VALUE(FACT_ERRNO, errno);
    atomic_fetch_add(&ended, 1);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 500}, {0, 500}}, off = {{0, 0}, {0, 0}};
    FACT_CALL(0, sem_init(&handled, 0, 0));
    FACT_CALL(0, sigaction(SIGALRM, &action, NULL));
    FACT_CALL(0, sigaction(SIGUSR1, &action, NULL));
    FACT_CALL(0, setitimer(ITIMER_REAL, &often, NULL));
    for (long i = 0; i < THREADS; i++)
        FACT_RESULT(0, pthread_create(&threads[i], NULL, work, (void *)i));
    while (atomic_load(&ended) < THREADS) {
        for (int i = 0; i < THREADS; i++)
            pthread_kill(threads[i], SIGUSR1);
        while (sem_wait(&handled) != 0)
            ;
    }
    FACT_CALL(0, setitimer(ITIMER_REAL, &off, NULL));
    for (int i = 0; i < THREADS; i++)
        FACT_RESULT(0, pthread_join(threads[i], NULL));
    FACT_VALUE(THREADS * ROUNDS, total);
    FACT_VALUE(1, atomic_load(&signals_seen) > THREADS);
    return fact_status();
}
