/* A thread says under the lock that it is done, and signals; who then finds it done joins it and
 * does not give the lock back before. The joined thread needs it no more.
 * verdict: clean */
#include "tests/programs/support.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool done;

static void *work(void *unused)
{
    must(pthread_mutex_lock(&lock), "pthread_mutex_lock");
    done = true;
    must(pthread_cond_broadcast(&changed), "pthread_cond_broadcast");
    must(pthread_mutex_unlock(&lock), "pthread_mutex_unlock");
    end_turn();
    return unused;
}

int main(void)
{
    pthread_t worker;

    must(pthread_create(&worker, NULL, work, NULL), "pthread_create");
    wait_for_turn(1);
    must(pthread_mutex_lock(&lock), "pthread_mutex_lock");
    while (!done)
        must(pthread_cond_wait(&changed, &lock), "pthread_cond_wait");
    must(pthread_join(worker, NULL), "pthread_join");
    must(pthread_mutex_unlock(&lock), "pthread_mutex_unlock");
    puts("done");
    return 0;
}
