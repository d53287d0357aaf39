/* A rwlock is destroyed while it is held for reading.
 * misuse: rwlock-destroy-held in=bad,main
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_rwlock_t lock;

static void bad(void)
{
    must(pthread_rwlock_init(&lock, NULL), "init");
    pthread_rwlock_rdlock(&lock);
    pthread_rwlock_destroy(&lock);
}

static void fixed(void)
{
    must(pthread_rwlock_init(&lock, NULL), "init");
    pthread_rwlock_wrlock(&lock);
    pthread_rwlock_unlock(&lock);
    pthread_rwlock_rdlock(&lock);
    pthread_rwlock_unlock(&lock);
    pthread_rwlock_destroy(&lock);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
