/* A condition wait is given a mutex that the thread did not lock.
 * misuse: wait-mutex-not-held object=lock in=bad,main
 * silent: fixed */
#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static void wait_a_little(void)
{
    struct timespec past = seconds_from_now(CLOCK_REALTIME, -1);
    must_be(pthread_cond_timedwait(&condition, &lock, &past) == ETIMEDOUT, "the time is up");
}

static void bad(void)
{
    wait_a_little();
}

static void fixed(void)
{
    pthread_mutex_lock(&lock);
    wait_a_little();
    pthread_mutex_unlock(&lock);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
