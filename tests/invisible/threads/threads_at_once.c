/* 1,000 threads alive at once, each holding a lock of its own and queueing for a common one. */
#include "tests/invisible/fact.h"

#include <pthread.h>

enum { THREADS = 1000 };

static pthread_mutex_t own[THREADS], common = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t all_hold;
static int ran;

static void *run(void *argument)
{
    long number = (long)argument;
    pthread_mutex_lock(&own[number]);
    pthread_barrier_wait(&all_hold);
    pthread_mutex_lock(&common);
    ran++;
    pthread_mutex_unlock(&common);
    pthread_mutex_unlock(&own[number]);
    return (void *)(number + 1);
}

int main(void)
{
    static pthread_t threads[THREADS];
    pthread_attr_t small;
    long sum = 0;
    int bad = 0;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    pthread_barrier_init(&all_hold, NULL, THREADS);
    for (long i = 0; i < THREADS; i++) {
        pthread_mutex_init(&own[i], NULL);
        bad += pthread_create(&threads[i], &small, run, (void *)i) != 0;
    }
    for (int i = 0; i < THREADS; i++) {
        void *result;
        bad += pthread_join(threads[i], &result) != 0;
        sum += (long)result;
        bad += pthread_mutex_destroy(&own[i]) != 0;
    }
    FACT_VALUE(THREADS, ran);
    FACT_VALUE(THREADS * (THREADS + 1L) / 2, sum);
    FACT_VALUE(0, bad);
    return fact_status();
}
