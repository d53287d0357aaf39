/* Threads cancelled asynchronously while they compute: they end, their handlers run, and the locks
 * they used and gave back before are free. Cancellation switched off holds it back. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdatomic.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t computing;

static void say(void *text)
{
    fact_say("%s", (const char *)text);
}

static void *compute(void *unused)
{
    volatile unsigned long work = 0;
    pthread_cleanup_push(say, (void *)"handler");
    for (int i = 0; i < 100; i++) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
    }
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    pthread_barrier_wait(&computing);
    for (;;)
        work++;
    pthread_cleanup_pop(0);
    return unused;
}

static void *refuse_for_a_while(void *unused)
{
    int old = -1;
    FACT_RESULT(0, pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old));
    FACT_VALUE(PTHREAD_CANCEL_ENABLE, old);
    pthread_barrier_wait(&computing);
    pthread_barrier_wait(&computing);
    pthread_testcancel();
    FACT_RESULT(0, pthread_mutex_lock(&mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    FACT_RESULT(0, pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old));
    FACT_VALUE(PTHREAD_CANCEL_DISABLE, old);
    fact_say("enabled, not yet cancelled");
    pthread_testcancel();
    fact_say("not reached");
    return unused;
}

int main(void)
{
    pthread_t thread;
    void *result;
    pthread_barrier_init(&computing, NULL, 2);
    for (int i = 0; i < 3; i++) {
        pthread_create(&thread, NULL, compute, NULL);
        pthread_barrier_wait(&computing);
        int cancelled = pthread_cancel(thread);
        FACT_RESULT(0, pthread_join(thread, &result));
        FACT_VALUE(0, cancelled);
        FACT_VALUE(1, result == PTHREAD_CANCELED);
        FACT_RESULT(0, pthread_mutex_trylock(&mutex));
        FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    }
    pthread_create(&thread, NULL, refuse_for_a_while, NULL);
    pthread_barrier_wait(&computing);
    int cancelled = pthread_cancel(thread);
    pthread_barrier_wait(&computing);
    FACT_RESULT(0, pthread_join(thread, &result));
    FACT_VALUE(0, cancelled);
    FACT_VALUE(1, result == PTHREAD_CANCELED);
    return fact_status();
}
