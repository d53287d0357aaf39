/* The threads are created deep inside helper functions; the report says where.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_t pool[2];
static volatile int started;

static void *a_then_b(void *unused)
{
    (void)unused;
    nest(&lock_a, &lock_b);
    end_turn();
    return NULL;
}

static void *b_then_a(void *unused)
{
    (void)unused;
    wait_for_turn(1);
    nest(&lock_b, &lock_a);
    return NULL;
}

static NOINLINE void start_pool(void *(*work)(void *))
{
    must(pthread_create(&pool[started], NULL, work, NULL), "pthread_create");
    started++;
}

static NOINLINE void start_services(void)
{
    start_pool(a_then_b);
    must_be(started == 1, "one thread has started");
}

static NOINLINE void start_background(void)
{
    start_pool(b_then_a);
    must_be(started == 2, "two threads have started");
}

int main(void)
{
    start_services();
    start_background();
    for (int i = 0; i < 2; i++)
        must(pthread_join(pool[i], NULL), "pthread_join");
    puts("done");
    return 0;
}
