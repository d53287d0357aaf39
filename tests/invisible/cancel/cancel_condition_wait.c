/* A thread cancelled in each form of condition wait holds the mutex in its cleanup handler, can
 * use it there, runs each handler once and in order, and leaves the mutex as the handlers did. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum form { WAIT, TIMED, CLOCKED, FORMS };

static pthread_mutex_t mutex;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static atomic_int tid;

static int try_lock(void *object)
{
    int result = pthread_mutex_trylock(object);
    if (result == 0)
        pthread_mutex_unlock(object);
    return result;
}

static void inner_handler(void *unused)
{
    (void)unused;
    fact_say("inner handler");
    FACT_RESULT(EBUSY, fact_elsewhere(try_lock, &mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    FACT_RESULT(0, fact_elsewhere(try_lock, &mutex));
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
}

static void outer_handler(void *unused)
{
    (void)unused;
    fact_say("outer handler");
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
}

static int wait_by(enum form form)
{
    struct timespec far = fact_deadline(form == TIMED ? CLOCK_REALTIME : CLOCK_MONOTONIC, 60000);
    switch (form) {
    case WAIT:
        return pthread_cond_wait(&condition, &mutex);
    case TIMED:
        return pthread_cond_timedwait(&condition, &mutex, &far);
    default:
        return pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &far);
    }
}

static void *wait_for_ever(void *form)
{
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(outer_handler, NULL);
    pthread_cleanup_push(inner_handler, NULL);
    atomic_store(&tid, gettid());
    for (;;)
        wait_by((enum form)(long)form);
    pthread_cleanup_pop(1);
    pthread_cleanup_pop(1);
    return NULL;
}

static void cancel_waiter(enum form form)
{
    pthread_t waiter;
    void *result = NULL;
    atomic_store(&tid, 0);
    pthread_create(&waiter, NULL, wait_for_ever, (void *)(long)form);
    while (atomic_load(&tid) == 0)
        usleep(100);
    fact_wait_asleep(atomic_load(&tid));
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    int cancelled = pthread_cancel(waiter);
    FACT_RESULT(0, pthread_join(waiter, &result));
    FACT_VALUE(0, cancelled);
    FACT_VALUE(1, result == PTHREAD_CANCELED);
    FACT_RESULT(0, pthread_mutex_trylock(&mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    FACT_RESULT(0, pthread_cond_signal(&condition));
}

int main(void)
{
    static const int kinds[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE,
                                PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_ADAPTIVE_NP};
    for (int i = 0; i < 4; i++) {
        pthread_mutexattr_t attributes;
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_settype(&attributes, kinds[i]);
        pthread_mutex_init(&mutex, &attributes);
        for (int form = WAIT; form < FORMS; form++) {
            fact_say("-- kind %d, form %d", kinds[i], form);
            cancel_waiter(form);
        }
        pthread_mutex_destroy(&mutex);
    }
    FACT_RESULT(0, pthread_cond_destroy(&condition));
    return fact_status();
}
