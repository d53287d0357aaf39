/* A mutex is held when another program is executed (which is not there).
 * misuse: held-across-exec object=lock in=bad,main
 * options: +held-across-exec
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void execute(void)
{
    must_be(execl("/nonexistent", "nonexistent", (char *)NULL) != 0, "there is no such program");
}

static NOINLINE void bad(void)
{
    pthread_mutex_lock(&lock);
    execute();
    pthread_mutex_unlock(&lock);
}

static void fixed(void)
{
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    execute();
}

VARIANTS({"bad", bad}, {"fixed", fixed})
