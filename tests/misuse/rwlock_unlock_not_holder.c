/* A rwlock is unlocked by a thread that does not hold it.
 * misuse: rwlock-unlock-not-holder object=lock in=stranger,run_body,while_held,bad
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

/* It lives until the stranger is done. */
static void reader(void)
{
    pthread_rwlock_rdlock(&lock);
    end_turn();
    wait_for_turn(2);
}

static void stranger(void)
{
    pthread_rwlock_unlock(&lock);
}

static void reader_and_back(void)
{
    pthread_rwlock_rdlock(&lock);
    pthread_rwlock_unlock(&lock);
}

static void bad(void)
{
    RUN_IN_TURN(reader, stranger);
}

static void fixed(void)
{
    RUN_IN_TURN(reader_and_back, reader_and_back);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
