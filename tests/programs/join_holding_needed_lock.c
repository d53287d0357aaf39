/* A thread is joined while its joiner holds the mutex that it needs. Here it had it before.
 * verdict: finding locks=lock_a,end?of?T2??worker?
 * step: thread=main holds=lock_a requests=end?of?T2??worker?
 * step: thread=worker holds=end?of?T2??worker? requests=lock_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void *take_a(void *unused)
{
    (void)unused;
    must(pthread_setname_np(pthread_self(), "worker"), "pthread_setname_np");
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    end_turn();
    return NULL;
}

int main(void)
{
    pthread_t thread;

    must(pthread_create(&thread, NULL, take_a, NULL), "pthread_create");
    wait_for_turn(1);
    pthread_mutex_lock(&lock_a);
    must(pthread_join(thread, NULL), "pthread_join");
    pthread_mutex_unlock(&lock_a);
    puts("done");
    return 0;
}
