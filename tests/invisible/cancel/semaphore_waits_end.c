/* A thread that waits for a semaphore, in each form, is cancelled or interrupted: it has not got
 * the semaphore, what it held is held still, and all of it goes on working in the handlers and
 * after. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

enum form { WAIT, TIMED, CLOCKED, FORMS };

static sem_t wanted, own;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_int tid, handled;

static void handle(int number)
{
    (void)number;
    atomic_fetch_add(&handled, 1);
}

static int wait_by(enum form form)
{
    struct timespec far = fact_deadline(form == TIMED ? CLOCK_REALTIME : CLOCK_MONOTONIC, 60000);
    switch (form) {
    case WAIT:
        return sem_wait(&wanted);
    case TIMED:
        return sem_timedwait(&wanted, &far);
    default:
        return sem_clockwait(&wanted, CLOCK_MONOTONIC, &far);
    }
}

static void give_back(void *unused)
{
    (void)unused;
    fact_say("handler");
    FACT_CALL(EAGAIN, sem_trywait(&wanted));
    FACT_CALL(EAGAIN, sem_trywait(&own));
    FACT_CALL(0, sem_post(&own));
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
}

static void *wait_under_own(void *form)
{
    sem_wait(&own);
    pthread_cleanup_push(give_back, NULL);
    atomic_store(&tid, gettid());
    FACT_CALL(EINTR, wait_by((enum form)(long)form));
    atomic_store(&tid, -1);
    wait_by((enum form)(long)form);
    pthread_cleanup_pop(1);
    return NULL;
}

static void await_tid(int now)
{
    while (atomic_load(&tid) == now)
        usleep(100);
}

static void end_waits(enum form form)
{
    pthread_t waiter;
    void *result = NULL;
    atomic_store(&tid, 0);
    atomic_store(&handled, 0);
    pthread_create(&waiter, NULL, wait_under_own, (void *)(long)form);
    await_tid(0);
    int sleeper = atomic_load(&tid);
    fact_wait_asleep(sleeper);
    pthread_kill(waiter, SIGUSR1);
    await_tid(sleeper);
    fact_wait_asleep(sleeper);
    int cancelled = pthread_cancel(waiter);
    FACT_RESULT(0, pthread_join(waiter, &result));
    FACT_VALUE(0, cancelled);
    FACT_VALUE(1, result == PTHREAD_CANCELED);
    FACT_VALUE(1, handled);
    FACT_CALL(0, sem_trywait(&own));
    FACT_CALL(0, sem_post(&own));
}

int main(void)
{
    struct sigaction action = {.sa_handler = handle};
    sigaction(SIGUSR1, &action, NULL);
    for (int initial = 0; initial < 2; initial++) {
        for (int form = WAIT; form < FORMS; form++) {
            fact_say("-- initial value %d, form %d", initial, form);
            FACT_CALL(0, sem_init(&own, 0, 1));
            FACT_CALL(0, sem_init(&wanted, 0, (unsigned)initial));
            if (initial == 1)
                FACT_CALL(0, sem_wait(&wanted));
            end_waits((enum form)form);
            FACT_CALL(0, sem_post(&wanted));
            FACT_CALL(0, sem_wait(&wanted));
        }
    }
    return fact_status();
}
