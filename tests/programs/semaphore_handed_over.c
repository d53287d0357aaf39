/* A semaphore is taken by one thread and given back by the next, as a baton is.
 * verdict: clean */
#include "tests/programs/semaphores.h"

static sem_t baton;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void take_the_baton_then_lock(void)
{
    wait_semaphore(&baton);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

static void pass_the_baton_under_the_lock(void)
{
    pthread_mutex_lock(&lock);
    post_semaphore(&baton);
    wait_semaphore(&baton);
    pthread_mutex_unlock(&lock);
}

static void give_it_back(void)
{
    post_semaphore(&baton);
}

int main(void)
{
    init_semaphore(&baton, 1);
    RUN_IN_TURN(take_the_baton_then_lock, pass_the_baton_under_the_lock, give_it_back,
                take_the_baton_then_lock);
    puts("done");
    return 0;
}
