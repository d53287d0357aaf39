/* Two threads meet at a barrier of two: one nests the locks before it, the other after it.
 *
 * verdict: clean dismissed=ordered */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;

static void *a_then_b(void *unused)
{
    (void)unused;
    nest(&lock_a, &lock_b);
    pthread_barrier_wait(&barrier);
    return NULL;
}

static void *b_then_a(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&barrier);
    nest(&lock_b, &lock_a);
    return NULL;
}

int main(void)
{
    static void *(*const bodies[])(void *) = {a_then_b, b_then_a};
    pthread_t threads[2];

    must(pthread_barrier_init(&barrier, NULL, 2), "pthread_barrier_init");
    for (size_t i = 0; i < 2; i++)
        must(pthread_create(&threads[i], NULL, bodies[i], NULL), "pthread_create");
    for (size_t i = 0; i < 2; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
    puts("done");
    return 0;
}
