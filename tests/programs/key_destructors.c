/* The inversion happens in destructors of thread keys, after the threads' functions returned.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=destroy_a_then_b
 * step: holds=lock_b requests=lock_a in=destroy_b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t first_key;
static pthread_key_t second_key;

static void destroy_a_then_b(void *unused)
{
    (void)unused;
    nest(&lock_a, &lock_b);
    end_turn();
}

static void destroy_b_then_a(void *unused)
{
    (void)unused;
    nest(&lock_b, &lock_a);
}

static void *first(void *unused)
{
    (void)unused;
    must(pthread_setspecific(first_key, &lock_a), "pthread_setspecific");
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    must(pthread_setspecific(second_key, &lock_a), "pthread_setspecific");
    wait_for_turn(1);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];

    must(pthread_key_create(&first_key, destroy_a_then_b), "pthread_key_create");
    must(pthread_key_create(&second_key, destroy_b_then_a), "pthread_key_create");
    must(pthread_create(&threads[0], NULL, first, NULL), "pthread_create");
    must(pthread_create(&threads[1], NULL, second, NULL), "pthread_create");
    must(pthread_join(threads[0], NULL), "pthread_join");
    must(pthread_join(threads[1], NULL), "pthread_join");
    puts("done");
    return 0;
}
