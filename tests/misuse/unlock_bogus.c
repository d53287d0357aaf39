/* What is unlocked was overwritten: it is no mutex any more.
 * misuse: unlock-bogus in=bad,main
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void bad(void)
{
    memset(&lock, 0x5a, sizeof lock);
    pthread_mutex_unlock(&lock);
}

static void fixed(void)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
