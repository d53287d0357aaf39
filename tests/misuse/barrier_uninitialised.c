/* A thread waits at a barrier that was never initialised: glibc divides by its count.
 * misuse: barrier-uninitialised object=barrier in=bad,main
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_barrier_t barrier;

static void bad(void)
{
    pthread_barrier_wait(&barrier);
}

static void fixed(void)
{
    pthread_barrier_init(&barrier, NULL, 1);
    pthread_barrier_wait(&barrier);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
