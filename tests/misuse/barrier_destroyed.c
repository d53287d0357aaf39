/* A thread waits at a barrier that was destroyed.
 * misuse: use-destroyed object=barrier in=bad,main
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_barrier_t barrier;

static void fixed(void)
{
    pthread_barrier_init(&barrier, NULL, 1);
    pthread_barrier_wait(&barrier);
    pthread_barrier_destroy(&barrier);
    pthread_barrier_init(&barrier, NULL, 1);
    pthread_barrier_wait(&barrier);
    pthread_barrier_destroy(&barrier);
}

/* Its memory still works as one. */
static void bad(void)
{
    pthread_barrier_t copy;

    pthread_barrier_init(&barrier, NULL, 1);
    memcpy(&copy, &barrier, sizeof copy);
    pthread_barrier_destroy(&barrier);
    memcpy(&barrier, &copy, sizeof copy);
    pthread_barrier_wait(&barrier);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
