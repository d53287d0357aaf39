/* A mutex is held at a fork.
 * misuse: held-across-fork object=lock in=bad,main
 * options: +held-across-fork
 * silent: fixed */
#include <sys/wait.h>

#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void fork_and_wait(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
}

static NOINLINE void bad(void)
{
    pthread_mutex_lock(&lock);
    fork_and_wait();
    pthread_mutex_unlock(&lock);
}

static void fixed(void)
{
    fork_and_wait();
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
