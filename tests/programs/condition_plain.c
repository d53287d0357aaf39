/* A condition wait that keeps another lock, which everybody takes first.
 * verdict: clean */
#include <errno.h>
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static void time_out_with_b(void)
{
    struct timespec past = {1, 0};

    pthread_mutex_lock(&lock_a);
    pthread_mutex_lock(&lock_b);
    must_be(pthread_cond_timedwait(&condition, &lock_b, &past) == ETIMEDOUT, "the wait times out");
    pthread_mutex_unlock(&lock_b);
    pthread_mutex_unlock(&lock_a);
}

static void b_alone_then_a_alone(void)
{
    pthread_mutex_lock(&lock_b);
    pthread_mutex_unlock(&lock_b);
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
}

int main(void)
{
    RUN_IN_TURN(time_out_with_b, b_alone_then_a_alone);
    puts("done");
    return 0;
}
