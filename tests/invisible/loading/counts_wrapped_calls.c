/* With another interposer preloaded in front of the shim, behind it, or linked to the program: it
 * sees every acquisition, release and thread once, and each call still does its work. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>
#include <pthread.h>

enum { THREADS = 4, ROUNDS = 500 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long counter;

static void *count(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return unused;
}

static int ask(const char *name)
{
    int (*function)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, name);
    return function != NULL ? function() : -1;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, count, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_lock(&mutex);
    FACT_RESULT(EBUSY, pthread_mutex_trylock(&mutex));
    pthread_mutex_unlock(&mutex);
    FACT_VALUE(THREADS * ROUNDS, counter);
    FACT_VALUE(THREADS * ROUNDS + 1, ask("wrapper_acquisitions"));
    FACT_VALUE(THREADS * ROUNDS + 1, ask("wrapper_releases"));
    FACT_VALUE(THREADS, ask("wrapper_threads"));
    return fact_status();
}
