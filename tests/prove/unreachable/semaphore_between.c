/* The second thread begins when the first one has posted a semaphore, at its end.
 * verdict: clean dismissed=ordered */
#include "tests/prove/prove.h"

static sem_t is_done;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by both locks */

static void a_then_b(void)
{
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
    post(&is_done);
}

static void b_then_a(void)
{
    take(&is_done);
    lock(&lock_b);
    lock(&lock_a);
    sum *= 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(void)
{
    init_semaphore(&is_done, 0);
    RUN_APART(0, a_then_b, b_then_a);
    return finish(sum, 2);
}
