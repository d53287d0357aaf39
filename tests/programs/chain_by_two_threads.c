/* The same chain by two threads: before any creation by the first, which is harmless, and after it
 * by the second, which can meet the thread with the other order.
 * verdict: finding locks=lock_a,lock_b
 * verdict: dismissed=any
 * step: holds=lock_a requests=lock_b in=the_same_chain
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

static void *b_then_a(void *unused)
{
    (void)unused;
    wait_for_turn(1);
    nest(&lock_b, &lock_a);
    return NULL;
}

static void *the_same_chain(void *unused)
{
    (void)unused;
    a_then_b();
    end_turn();
    return NULL;
}

int main(void)
{
    pthread_t same, opposite;

    a_then_b();
    must(pthread_create(&same, NULL, the_same_chain, NULL), "pthread_create");
    must(pthread_create(&opposite, NULL, b_then_a, NULL), "pthread_create");
    must(pthread_join(same, NULL), "pthread_join");
    must(pthread_join(opposite, NULL), "pthread_join");
    puts("done");
    return 0;
}
