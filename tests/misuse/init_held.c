/* A mutex is initialised again while a thread holds it.
 * misuse: init-held object=lock in=bad,main
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock;

static void bad(void)
{
    must(pthread_mutex_init(&lock, NULL), "init");
    pthread_mutex_lock(&lock);
    must(pthread_mutex_init(&lock, NULL), "init");
}

static void fixed(void)
{
    must(pthread_mutex_init(&lock, NULL), "init");
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    must(pthread_mutex_init(&lock, NULL), "init");
}

VARIANTS({"bad", bad}, {"fixed", fixed})
