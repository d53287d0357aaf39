/* An error-checking mutex is locked twice by one thread.
 * misuse: relock object=lock in=bad,main
 * silent: fixed checked */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock;

static void bad(void)
{
    init_mutex_of_type(&lock, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

static void fixed(void)
{
    init_mutex_of_type(&lock, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    pthread_mutex_unlock(&lock);
}

static void checked(void)
{
    init_mutex_of_type(&lock, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_lock(&lock);
    bool mine = pthread_mutex_lock(&lock) == EDEADLK;
    must_be(mine, "the mutex checks its owner");
    pthread_mutex_unlock(&lock);
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"checked", checked})
