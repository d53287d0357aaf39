/* A rwlock is held for reading for too long, under another lock that was released before.
 * misuse: held-too-long object=catalogue in=bad,main
 * options: +held-too-long=300
 * silent: fixed */
#include "tests/misuse/misuse.h"

#define TOO_LONG_US 400000

static pthread_rwlock_t catalogue = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void read_for(unsigned us)
{
    pthread_mutex_lock(&first);
    pthread_rwlock_rdlock(&catalogue);
    pthread_mutex_unlock(&first);
    usleep(us);
    pthread_rwlock_unlock(&catalogue);
}

static NOINLINE void bad(void)
{
    read_for(TOO_LONG_US);
}

static void fixed(void)
{
    read_for(0);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
