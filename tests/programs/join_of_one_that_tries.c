/* The joined thread only tries the mutex that its joiner holds.
 * verdict: clean dismissed=trylock */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void *try_a(void *unused)
{
    (void)unused;
    must(pthread_mutex_trylock(&lock_a), "pthread_mutex_trylock");
    pthread_mutex_unlock(&lock_a);
    end_turn();
    return NULL;
}

int main(void)
{
    pthread_t thread;

    must(pthread_create(&thread, NULL, try_a, NULL), "pthread_create");
    wait_for_turn(1);
    pthread_mutex_lock(&lock_a);
    must(pthread_join(thread, NULL), "pthread_join");
    pthread_mutex_unlock(&lock_a);
    puts("done");
    return 0;
}
