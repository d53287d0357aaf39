/* Joining and detaching in every form, with good and bad arguments; a bad tv_nsec is left out, as
 * glibc's timed joins spin on it for ever. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <semaphore.h>

static sem_t go;
static pthread_barrier_t alive;

static void *wait_for_go(void *value)
{
    while (sem_wait(&go) != 0)
        continue;
    return value;
}

static void *join_argument(void *thread)
{
    pthread_barrier_wait(&alive);
    return (void *)(long)pthread_join(*(pthread_t *)thread, NULL);
}

static void running_then_done(void)
{
    pthread_t thread;
    void *result = NULL;
    struct timespec past = {0, 0};
    FACT_VALUE(0, pthread_create(&thread, NULL, wait_for_go, (void *)11));
    FACT_RESULT(EBUSY, pthread_tryjoin_np(thread, &result));
    FACT_RESULT(ETIMEDOUT, pthread_timedjoin_np(thread, &result, &past));
    FACT_RESULT(ETIMEDOUT, pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &past));
    FACT_RESULT(EINVAL, pthread_clockjoin_np(thread, &result, CLOCK_PROCESS_CPUTIME_ID, &past));
    struct timespec soon = fact_deadline(CLOCK_REALTIME, 10);
    FACT_RESULT(ETIMEDOUT, pthread_timedjoin_np(thread, &result, &soon));
    sem_post(&go);
    struct timespec far = fact_deadline(CLOCK_REALTIME, 60000);
    FACT_RESULT(0, pthread_timedjoin_np(thread, &result, &far));
    FACT_VALUE(11, (long)result);
}

static void tried_until_done(void)
{
    pthread_t thread;
    void *result = NULL;
    int tries;
    FACT_VALUE(0, pthread_create(&thread, NULL, wait_for_go, (void *)12));
    sem_post(&go);
    while ((tries = pthread_tryjoin_np(thread, &result)) == EBUSY)
        continue;
    FACT_VALUE(0, tries);
    FACT_VALUE(12, (long)result);
    FACT_VALUE(0, pthread_create(&thread, NULL, wait_for_go, (void *)13));
    sem_post(&go);
    struct timespec far = fact_deadline(CLOCK_MONOTONIC, 60000);
    FACT_RESULT(0, pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &far));
    FACT_VALUE(13, (long)result);
}

static void refused(void)
{
    pthread_t self = pthread_self(), thread, joiner;
    void *result;
    FACT_RESULT(EDEADLK, pthread_join(self, NULL));
    FACT_VALUE(0, pthread_create(&thread, NULL, wait_for_go, NULL));
    FACT_RESULT(0, pthread_detach(thread));
    FACT_RESULT(EINVAL, pthread_detach(thread));
    FACT_RESULT(EINVAL, pthread_join(thread, NULL));
    FACT_RESULT(EBUSY, pthread_tryjoin_np(thread, NULL));
    sem_post(&go);
    /* Two that join each other: glibc refuses the second. */
    pthread_barrier_init(&alive, NULL, 2);
    FACT_VALUE(0, pthread_create(&joiner, NULL, join_argument, &self));
    pthread_barrier_wait(&alive);
    FACT_VALUE(0, pthread_tryjoin_np(joiner, NULL) == 0);
    FACT_RESULT(0, pthread_cancel(joiner));
    FACT_RESULT(0, pthread_join(joiner, &result));
    FACT_VALUE(1, result == PTHREAD_CANCELED);
}

int main(void)
{
    sem_init(&go, 0, 0);
    running_then_done();
    tried_until_done();
    refused();
    return fact_status();
}
