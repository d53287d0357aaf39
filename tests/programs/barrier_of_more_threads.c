/* Three threads and the main one meet in pairs at a barrier of two. In the run the one that nests
 * the locks before it met the one that nests them after it; it might have met another.
 *
 * verdict: finding locks=lock_a,lock_b confidence=possible why=none-found */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;

static void *a_then_b(void *unused)
{
    (void)unused;
    nest(&lock_a, &lock_b);
    pthread_barrier_wait(&barrier);
    end_turn();
    return NULL;
}

static void *b_then_a(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&barrier);
    nest(&lock_b, &lock_a);
    end_turn();
    return NULL;
}

static void *come_late(void *unused)
{
    (void)unused;
    wait_for_turn(2);
    pthread_barrier_wait(&barrier);
    return NULL;
}

int main(void)
{
    static void *(*const bodies[])(void *) = {a_then_b, b_then_a, come_late};
    pthread_t threads[3];

    must(pthread_barrier_init(&barrier, NULL, 2), "pthread_barrier_init");
    for (size_t i = 0; i < 3; i++)
        must(pthread_create(&threads[i], NULL, bodies[i], NULL), "pthread_create");
    wait_for_turn(2);
    pthread_barrier_wait(&barrier);
    for (size_t i = 0; i < 3; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
    puts("done");
    return 0;
}
