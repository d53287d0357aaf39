/* A semaphore is posted after it was destroyed.
 * misuse: use-destroyed in=bad,main
 * silent: fixed */
#include <semaphore.h>

#include "tests/misuse/misuse.h"

static sem_t semaphore;

static void bad(void)
{
    must(sem_init(&semaphore, 0, 0), "init");
    must(sem_destroy(&semaphore), "destroy");
    must(sem_post(&semaphore), "post");
}

static void fixed(void)
{
    must(sem_init(&semaphore, 0, 0), "init");
    must(sem_destroy(&semaphore), "destroy");
    must(sem_init(&semaphore, 0, 0), "init");
    must(sem_post(&semaphore), "post");
}

VARIANTS({"bad", bad}, {"fixed", fixed})
