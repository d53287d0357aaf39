/* A semaphore used as a lock and a mutex are taken in both orders.
 * verdict: finding locks=guard,lock
 * step: holds=guard requests=lock in=semaphore_first
 * step: holds=lock requests=guard in=mutex_first */
#include "tests/programs/semaphores.h"

static sem_t guard;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void semaphore_first(void)
{
    wait_semaphore(&guard);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    post_semaphore(&guard);
}

static void mutex_first(void)
{
    pthread_mutex_lock(&lock);
    wait_semaphore(&guard);
    post_semaphore(&guard);
    pthread_mutex_unlock(&lock);
}

int main(void)
{
    init_semaphore(&guard, 1);
    RUN_IN_TURN(semaphore_first, mutex_first);
    puts("done");
    return 0;
}
