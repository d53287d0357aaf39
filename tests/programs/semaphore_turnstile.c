/* A turnstile: each thread that comes through lets the next one in, the first is let in and the
 * last one stopped from outside.
 * verdict: clean */
#include "tests/programs/semaphores.h"

enum { VISITORS = 6 };

static sem_t turnstile;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *come_through(void *unused)
{
    pthread_mutex_lock(&lock);
    wait_semaphore(&turnstile);
    post_semaphore(&turnstile);
    pthread_mutex_unlock(&lock);
    wait_semaphore(&turnstile);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    post_semaphore(&turnstile);
    return unused;
}

int main(void)
{
    pthread_t visitors[VISITORS];

    init_semaphore(&turnstile, 0);
    for (int i = 0; i < VISITORS; i++)
        must(pthread_create(&visitors[i], NULL, come_through, NULL), "pthread_create");
    post_semaphore(&turnstile);
    for (int i = 0; i < VISITORS; i++)
        must(pthread_join(visitors[i], NULL), "pthread_join");
    wait_semaphore(&turnstile);
    puts("done");
    return 0;
}
