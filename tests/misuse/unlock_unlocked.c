/* A mutex is unlocked once more than it was locked.
 * misuse: unlock-unlocked object=lock in=bad,main
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void bad(void)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    pthread_mutex_unlock(&lock);
}

static void fixed(void)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
