/* Both orders of two locks under a semaphore of two: in the run one thread posted before the other
 * took, but there is room for both at once.
 *
 * verdict: finding locks=lock_a,lock_b confidence=predicted */
#include "tests/programs/semaphores.h"

static sem_t room;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    wait_semaphore(&room);
    nest(&lock_a, &lock_b);
    post_semaphore(&room);
}

static void b_then_a(void)
{
    wait_semaphore(&room);
    nest(&lock_b, &lock_a);
    post_semaphore(&room);
}

int main(void)
{
    init_semaphore(&room, 2);
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
