/* Three threads take locks in some thousand pairs, so that there is much to record; half-way the
 * program says so and waits for the end of its input. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <unistd.h>

enum { LOCKS = 200, THREADS = 3, HALF = 20, ALL = 40 };

static pthread_mutex_t locks[THREADS][LOCKS];
static pthread_barrier_t half;
static long pairs[THREADS];

static void lock_pairs(long number, int distance, int end)
{
    pthread_mutex_t *own = locks[number];
    for (; distance < end; distance++)
        for (int first = 0; first + distance < LOCKS; first++) {
            pthread_mutex_lock(&own[first]);
            pthread_mutex_lock(&own[first + distance]);
            pairs[number]++;
            pthread_mutex_unlock(&own[first + distance]);
            pthread_mutex_unlock(&own[first]);
        }
}

static void *work(void *number)
{
    lock_pairs((long)number, 1, HALF);
    pthread_barrier_wait(&half);
    pthread_barrier_wait(&half);
    lock_pairs((long)number, HALF, ALL);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    char byte;
    FACT_RESULT(0, pthread_barrier_init(&half, NULL, THREADS + 1));
    for (int i = 0; i < THREADS; i++)
        for (int j = 0; j < LOCKS; j++)
            pthread_mutex_init(&locks[i][j], NULL);
    for (long i = 0; i < THREADS; i++)
        FACT_RESULT(0, pthread_create(&threads[i], NULL, work, (void *)i));
    pthread_barrier_wait(&half);
    fact_say("half");
    FACT_VALUE(0, read(0, &byte, 1));
    pthread_barrier_wait(&half);
    for (int i = 0; i < THREADS; i++)
        FACT_RESULT(0, pthread_join(threads[i], NULL));
    for (int i = 0; i < THREADS; i++)
        fact_say("thread %d: %ld pairs", i, pairs[i]);
    return fact_status();
}
