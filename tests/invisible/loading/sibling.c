/* A library that locks in its constructor and destructor, keeps static locks, and starts threads.
 */
#include "tests/invisible/fact.h"

#include <pthread.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int sibling_work(int rounds);

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static int total;

static void *add(void *rounds)
{
    for (long i = 0; i < (long)rounds; i++) {
        pthread_mutex_lock(&first);
        pthread_mutex_lock(&second);
        total++;
        pthread_mutex_unlock(&second);
        pthread_mutex_unlock(&first);
    }
    return NULL;
}

__attribute__((constructor)) static void loaded(void)
{
    fact_say("sibling loaded");
    add((void *)1L);
    FACT_RESULT(EPERM, pthread_mutex_unlock(&second));
}

/* Leaves a mutex locked in memory that is about to be unmapped. */
__attribute__((destructor)) static void unloaded(void)
{
    add((void *)1L);
    FACT_RESULT(0, pthread_mutex_lock(&second));
    fact_say("sibling unloaded, total %d", total);
}

int sibling_work(int rounds)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        FACT_RESULT(0, pthread_create(&threads[i], NULL, add, (void *)(long)rounds));
    for (int i = 0; i < 2; i++)
        FACT_RESULT(0, pthread_join(threads[i], NULL));
    return total;
}
