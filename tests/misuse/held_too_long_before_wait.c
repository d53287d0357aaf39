/* A mutex is held for too long before a condition wait gives it back; what comes after the wait is
 * another time.
 * misuse: held-too-long object=lock in=bad,main
 * options: +held-too-long=300
 * silent: fixed */
#include "tests/misuse/misuse.h"

#define TOO_LONG_US 400000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static NOINLINE void wait_after(unsigned us)
{
    struct timespec past = seconds_from_now(CLOCK_REALTIME, -1);
    pthread_mutex_lock(&lock);
    usleep(us);
    must_be(pthread_cond_timedwait(&condition, &lock, &past) != 0, "time is up");
    pthread_mutex_unlock(&lock);
}

static NOINLINE void bad(void)
{
    wait_after(TOO_LONG_US);
}

static void fixed(void)
{
    wait_after(0);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
