/* Destructors of thread-specific data lock, create further data and so run for several rounds, the
 * last one included; the locks they leave are free, and every thread runs as many as before. */
#include "tests/invisible/fact.h"

#include <limits.h>
#include <pthread.h>

enum { KEYS = 40, THREADS = 3 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_key_t persistent, keys[KEYS];
static int runs, rounds, bad;

static void count_run(void *unused)
{
    (void)unused;
    bad += pthread_mutex_lock(&recursive) != 0;
    bad += pthread_mutex_lock(&mutex) != 0;
    bad += pthread_mutex_lock(&recursive) != 0;
    runs++;
    bad += pthread_mutex_unlock(&recursive) != 0;
    bad += pthread_mutex_unlock(&mutex) != 0;
    bad += pthread_mutex_unlock(&recursive) != 0;
}

/* Sets itself again each time: runs until glibc gives up. */
static void run_again(void *value)
{
    struct timespec past = {0, 0};
    pthread_mutex_lock(&mutex);
    rounds++;
    bad += pthread_cond_timedwait(&condition, &mutex, &past) != ETIMEDOUT;
    pthread_mutex_unlock(&mutex);
    pthread_setspecific(persistent, value);
}

static void *set_all(void *unused)
{
    pthread_setspecific(persistent, &bad);
    for (int i = 0; i < KEYS; i++)
        pthread_setspecific(keys[i], &runs);
    return unused;
}

int main(void)
{
    pthread_t threads[THREADS];
    FACT_RESULT(0, pthread_key_create(&persistent, run_again));
    for (int i = 0; i < KEYS; i++)
        bad += pthread_key_create(&keys[i], count_run) != 0;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, set_all, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    FACT_VALUE(THREADS * KEYS, runs);
    FACT_VALUE(THREADS * PTHREAD_DESTRUCTOR_ITERATIONS, rounds);
    FACT_VALUE(0, bad);
    FACT_RESULT(0, pthread_mutex_trylock(&mutex));
    FACT_RESULT(0, pthread_mutex_trylock(&recursive));
    return fact_status();
}
