/* Both orders of two mutexes happen under one semaphore, which is a gate like any lock.
 * verdict: clean dismissed=gate-lock */
#include "tests/programs/semaphores.h"

static sem_t gate;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    wait_semaphore(&gate);
    nest(&lock_a, &lock_b);
    post_semaphore(&gate);
}

static void b_then_a(void)
{
    wait_semaphore(&gate);
    nest(&lock_b, &lock_a);
    post_semaphore(&gate);
}

int main(void)
{
    init_semaphore(&gate, 1);
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
