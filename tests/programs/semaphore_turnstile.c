/* A turnstile, opened from outside: who comes through lets the next one in. It is used under a
 * mutex in one phase and around the mutex in the next, whose threads begin when those of the first
 * have been joined.
 * verdict: clean */
#include "tests/programs/semaphores.h"

static sem_t turnstile;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void come_through_under_the_lock(void)
{
    must(pthread_mutex_lock(&lock), "pthread_mutex_lock");
    wait_semaphore(&turnstile);
    post_semaphore(&turnstile);
    must(pthread_mutex_unlock(&lock), "pthread_mutex_unlock");
}

static void lock_in_the_turnstile(void)
{
    wait_semaphore(&turnstile);
    must(pthread_mutex_lock(&lock), "pthread_mutex_lock");
    must(pthread_mutex_unlock(&lock), "pthread_mutex_unlock");
    post_semaphore(&turnstile);
}

int main(void)
{
    init_semaphore(&turnstile, 0);
    post_semaphore(&turnstile);
    RUN_IN_TURN(come_through_under_the_lock, come_through_under_the_lock);
    RUN_IN_TURN(lock_in_the_turnstile, lock_in_the_turnstile);
    wait_semaphore(&turnstile);
    puts("done");
    return 0;
}
