/* A rwlock is locked for reading by the thread that holds it for writing.
 * misuse: rwlock-relock object=lock in=bad,main
 * silent: fixed checked */
#include "tests/misuse/misuse.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void bad(void)
{
    pthread_rwlock_wrlock(&lock);
    pthread_rwlock_rdlock(&lock);
    pthread_rwlock_unlock(&lock);
}

static void fixed(void)
{
    pthread_rwlock_wrlock(&lock);
    pthread_rwlock_unlock(&lock);
    pthread_rwlock_rdlock(&lock);
    pthread_rwlock_unlock(&lock);
}

static void checked(void)
{
    pthread_rwlock_wrlock(&lock);
    must_be(pthread_rwlock_wrlock(&lock) == EDEADLK, "the rwlock knows its writer");
    pthread_rwlock_unlock(&lock);
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"checked", checked})
