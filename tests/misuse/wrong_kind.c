/* A function for rwlocks is called with a mutex.
 * misuse: wrong-kind in=bad,main
 * silent: fixed */
#include "tests/misuse/misuse.h"

static union {
    pthread_mutex_t mutex;
    pthread_rwlock_t rwlock; /* room for what the wrong function writes */
} lock;

static void use(void)
{
    pthread_mutex_lock(&lock.mutex);
    pthread_mutex_unlock(&lock.mutex);
}

static void bad(void)
{
    use();
    pthread_rwlock_rdlock(&lock.rwlock);
    pthread_rwlock_unlock(&lock.rwlock);
}

static void fixed(void)
{
    use();
    use();
}

VARIANTS({"bad", bad}, {"fixed", fixed})
