/* A semaphore used as a lock: the first thread has it before the second may begin, and until it is
 * done with the other locks, so that the second, which takes it too, always comes later.
 *
 * verdict: clean dismissed=ordered */
#include "tests/programs/semaphores.h"

static sem_t lock, begun;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    wait_semaphore(&lock);
    post_semaphore(&begun);
    nest(&lock_a, &lock_b);
    post_semaphore(&lock);
}

static void b_then_a(void)
{
    wait_semaphore(&begun);
    wait_semaphore(&lock);
    post_semaphore(&lock);
    nest(&lock_b, &lock_a);
}

int main(void)
{
    init_semaphore(&lock, 1);
    init_semaphore(&begun, 0);
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
