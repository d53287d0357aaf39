/* A semaphore is initialised again without being destroyed: many programs reset one so.
 * misuse: sem-init-again in=bad,main
 * options: +sem-init-again
 * silent: fixed */
#include <semaphore.h>

#include "tests/misuse/misuse.h"

static sem_t semaphore;

static void bad(void)
{
    must(sem_init(&semaphore, 0, 1), "init");
    must(sem_wait(&semaphore), "wait");
    must(sem_post(&semaphore), "post");
    must(sem_init(&semaphore, 0, 1), "init");
}

static void fixed(void)
{
    must(sem_init(&semaphore, 0, 1), "init");
    must(sem_destroy(&semaphore), "destroy");
    must(sem_init(&semaphore, 0, 1), "init");
}

VARIANTS({"bad", bad}, {"fixed", fixed})
