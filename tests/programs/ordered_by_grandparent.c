/* A thread takes one order, its grandchild the other: two creations lie between.
 * verdict: clean dismissed=ordered */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void *b_then_a(void *unused)
{
    (void)unused;
    nest(&lock_b, &lock_a);
    return NULL;
}

static void *create_the_last(void *unused)
{
    pthread_t last;

    (void)unused;
    must(pthread_create(&last, NULL, b_then_a, NULL), "pthread_create");
    must(pthread_join(last, NULL), "pthread_join");
    return NULL;
}

static void *a_then_b_then_create(void *unused)
{
    pthread_t middle;

    (void)unused;
    nest(&lock_a, &lock_b);
    must(pthread_create(&middle, NULL, create_the_last, NULL), "pthread_create");
    must(pthread_join(middle, NULL), "pthread_join");
    return NULL;
}

int main(void)
{
    pthread_t first;

    must(pthread_create(&first, NULL, a_then_b_then_create, NULL), "pthread_create");
    must(pthread_join(first, NULL), "pthread_join");
    puts("done");
    return 0;
}
