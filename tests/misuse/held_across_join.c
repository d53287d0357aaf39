/* A mutex is held while a thread is joined.
 * misuse: held-across-blocking-call object=lock in=bad,main
 * options: +held-across-blocking-call
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *nothing(void *unused)
{
    return unused;
}

static NOINLINE void bad(void)
{
    pthread_t thread = start(nothing, NULL);
    pthread_mutex_lock(&lock);
    must(pthread_join(thread, NULL), "join");
    pthread_mutex_unlock(&lock);
}

static void fixed(void)
{
    pthread_t thread = start(nothing, NULL);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    join(thread);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
