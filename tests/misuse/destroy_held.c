/* A mutex is destroyed while the caller holds it, and the error is not looked at.
 * misuse: destroy-held in=bad,main
 * silent: fixed checked */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock;

static void bad(void)
{
    must(pthread_mutex_init(&lock, NULL), "init");
    pthread_mutex_lock(&lock);
    pthread_mutex_destroy(&lock);
    pthread_mutex_unlock(&lock);
}

static void fixed(void)
{
    must(pthread_mutex_init(&lock, NULL), "init");
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    pthread_mutex_destroy(&lock);
}

static void checked(void)
{
    must(pthread_mutex_init(&lock, NULL), "init");
    pthread_mutex_lock(&lock);
    while (pthread_mutex_destroy(&lock) == EBUSY)
        pthread_mutex_unlock(&lock);
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"checked", checked})
