/* The threads have names, one given by its creator and one by itself.
 * verdict: finding locks=lock_a,lock_b
 * step: thread=collector holds=lock_a requests=lock_b in=a_then_b
 * step: thread=indexer holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void *a_then_b(void *unused)
{
    (void)unused;
    wait_for_turn(1);
    nest(&lock_a, &lock_b);
    end_turn();
    return NULL;
}

static void *b_then_a(void *unused)
{
    (void)unused;
    must(pthread_setname_np(pthread_self(), "indexer"), "pthread_setname_np");
    wait_for_turn(2);
    nest(&lock_b, &lock_a);
    return NULL;
}

int main(void)
{
    pthread_t first, second;

    must(pthread_create(&first, NULL, a_then_b, NULL), "pthread_create");
    must(pthread_create(&second, NULL, b_then_a, NULL), "pthread_create");
    must(pthread_setname_np(first, "collector"), "pthread_setname_np");
    end_turn();
    must(pthread_join(first, NULL), "pthread_join");
    must(pthread_join(second, NULL), "pthread_join");
    puts("done");
    return 0;
}
