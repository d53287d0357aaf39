/* The same chain by the thread that then creates the one with the other order, which is harmless,
 * and by one that nothing orders with it.
 * verdict: finding locks=lock_a,lock_b
 * verdict: dismissed=any
 * step: holds=lock_a requests=lock_b in=chain_at_any_time
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static pthread_t opposite;

static NOINLINE void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

static void *b_then_a(void *unused)
{
    (void)unused;
    nest(&lock_b, &lock_a);
    return NULL;
}

static void *chain_then_create(void *unused)
{
    (void)unused;
    a_then_b();
    must(pthread_create(&opposite, NULL, b_then_a, NULL), "pthread_create");
    must(pthread_join(opposite, NULL), "pthread_join");
    end_turn();
    return NULL;
}

static void *chain_at_any_time(void *unused)
{
    (void)unused;
    wait_for_turn(1);
    a_then_b();
    return NULL;
}

int main(void)
{
    pthread_t creator, stranger;

    must(pthread_create(&creator, NULL, chain_then_create, NULL), "pthread_create");
    must(pthread_create(&stranger, NULL, chain_at_any_time, NULL), "pthread_create");
    must(pthread_join(creator, NULL), "pthread_join");
    must(pthread_join(stranger, NULL), "pthread_join");
    puts("done");
    return 0;
}
