/* All threads of a pool are joined under the mutex that each needs: one mistake, told once. Two of
 * them take another mutex first, in a loop, through the same call.
 * verdict: finding locks=lock_a,end?of?T* */
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

enum { THREADS = 5 };

int main(void)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        must(pthread_create(&threads[i], NULL, take_a, NULL), "pthread_create");
    wait_for_turn(THREADS);
    pthread_mutex_lock(&lock_a);
    for (int i = 0; i < THREADS; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
    pthread_mutex_unlock(&lock_a);
    puts("done");
    return 0;
}
