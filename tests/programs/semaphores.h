/* What the test programs about semaphores share: the calls, checked, and the two nestings. */
#ifndef UNKNOT_TESTS_PROGRAMS_SEMAPHORES_H
#define UNKNOT_TESTS_PROGRAMS_SEMAPHORES_H

#include <errno.h>
#include <semaphore.h>

#include "tests/programs/support.h"

static inline void init_semaphore(sem_t *semaphore, unsigned value)
{
    must(sem_init(semaphore, 0, value) == 0 ? 0 : errno, "sem_init");
}

static inline void wait_semaphore(sem_t *semaphore)
{
    must(sem_wait(semaphore) == 0 ? 0 : errno, "sem_wait");
}

static inline void post_semaphore(sem_t *semaphore)
{
    must(sem_post(semaphore) == 0 ? 0 : errno, "sem_post");
}

/* Takes the outer, then the inner one, and gives both back. */
static inline void nest_semaphores(sem_t *outer, sem_t *inner)
{
    wait_semaphore(outer);
    wait_semaphore(inner);
    post_semaphore(inner);
    post_semaphore(outer);
}

#endif
