/* Threads that need a mutex are joined by one that held it before, or holds another.
 * verdict: clean */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

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
    pthread_t first, second;

    must(pthread_create(&first, NULL, take_a, NULL), "pthread_create");
    must(pthread_create(&second, NULL, take_a, NULL), "pthread_create");
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    must(pthread_join(first, NULL), "pthread_join");
    pthread_mutex_lock(&lock_b);
    must(pthread_join(second, NULL), "pthread_join");
    pthread_mutex_unlock(&lock_b);
    puts("done");
    return 0;
}
