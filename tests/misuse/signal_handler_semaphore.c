/* A handler takes a semaphore that is used as a lock. To post one that is a signal is what a
 * handler may do.
 * hazard: signal-handler-lock object=lock signal=SIGINT in=handle outside=work
 * silent: fixed posts */
#include <semaphore.h>

#include "tests/misuse/signals.h"

static sem_t lock, units;

static __attribute__((noinline)) void work(void)
{
    must(sem_wait(&lock), "sem_wait");
    must(sem_post(&lock), "sem_post");
}

static void handle(int number)
{
    (void)number;
    must(sem_wait(&lock), "sem_wait");
    must(sem_post(&lock), "sem_post");
}

static void handle_posting(int number)
{
    (void)number;
    must(sem_post(&units), "sem_post");
}

static void bad(void)
{
    must(sem_init(&lock, 0, 1), "sem_init");
    handle_by(SIGINT, handle, SA_NODEFER);
    work();
    work();
    must(raise(SIGINT), "raise");
    work();
}

static void fixed(void)
{
    must(sem_init(&lock, 0, 1), "sem_init");
    handle_by(SIGINT, handle, SA_NODEFER);
    mask(SIG_BLOCK, SIGINT);
    work();
    work();
    mask(SIG_UNBLOCK, SIGINT);
    must(raise(SIGINT), "raise");
}

static void posts(void)
{
    must(sem_init(&units, 0, 0), "sem_init");
    handle_by(SIGINT, handle_posting, 0);
    must(raise(SIGINT), "raise");
    must(sem_wait(&units), "sem_wait");
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"posts", posts})
