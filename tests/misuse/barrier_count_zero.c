/* A barrier for no threads.
 * misuse: barrier-count-zero object=barrier in=bad,main
 * silent: fixed checked */
#include "tests/misuse/misuse.h"

static pthread_barrier_t barrier;

static void bad(void)
{
    pthread_barrier_init(&barrier, NULL, 0);
}

static void fixed(void)
{
    pthread_barrier_init(&barrier, NULL, 1);
    pthread_barrier_wait(&barrier);
    pthread_barrier_destroy(&barrier);
}

static void checked(void)
{
    must_be(pthread_barrier_init(&barrier, NULL, 0) == EINVAL, "no barrier for no threads");
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"checked", checked})
