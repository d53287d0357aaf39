/* Both orders of two mutexes happen under a semaphore of five, which keeps nobody out.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/semaphores.h"

static sem_t pool;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    wait_semaphore(&pool);
    nest(&lock_a, &lock_b);
    post_semaphore(&pool);
}

static void b_then_a(void)
{
    wait_semaphore(&pool);
    nest(&lock_b, &lock_a);
    post_semaphore(&pool);
}

int main(void)
{
    init_semaphore(&pool, 5);
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
