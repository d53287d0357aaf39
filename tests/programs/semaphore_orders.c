/* The second thread takes the locks in the other order, but only once the first, which has done
 * with them, has posted: nobody else posts, and the semaphore began at 0.
 *
 * verdict: clean dismissed=ordered */
#include "tests/programs/semaphores.h"

static sem_t done;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
    post_semaphore(&done);
}

static void b_then_a(void)
{
    wait_semaphore(&done);
    nest(&lock_b, &lock_a);
}

int main(void)
{
    init_semaphore(&done, 0);
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
