/* The joiner holds a mutex from before it creates the thread until it has joined it.: the
 * thread, which needs it, waits for ever, and so does the joiner. What is recorded tells.
 * hangs: yes
 * verdict: finding locks=lock_a,end?of?T2
 * step: thread=main holds=lock_a requests=end?of?T2
 * step: thread=T2 holds=end?of?T2 requests=lock_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void *take_a(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    end_turn();
    return NULL;
}

int main(void)
{
    pthread_t thread;

    pthread_mutex_lock(&lock_a);
    must(pthread_create(&thread, NULL, take_a, NULL), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
    pthread_mutex_unlock(&lock_a);
    puts("done");
    return 0;
}
