/* A mutex that was initialised is there until the end.
 * misuse: not-destroyed-at-exit object=lock in=bad,main
 * options: +not-destroyed-at-exit
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock;

static NOINLINE void bad(void)
{
    must(pthread_mutex_init(&lock, NULL), "init");
}

static void fixed(void)
{
    must(pthread_mutex_init(&lock, NULL), "init");
    must(pthread_mutex_destroy(&lock), "destroy");
}

VARIANTS({"bad", bad}, {"fixed", fixed})
