/* The first thread is joined by another one, and that one before the last is created.
 * verdict: clean dismissed=ordered */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void *a_then_b(void *unused)
{
    (void)unused;
    nest(&lock_a, &lock_b);
    return NULL;
}

static void *b_then_a(void *unused)
{
    (void)unused;
    nest(&lock_b, &lock_a);
    return NULL;
}

static void *join_the_first(void *first)
{
    must(pthread_join(*(pthread_t *)first, NULL), "pthread_join");
    return NULL;
}

int main(void)
{
    pthread_t first, joiner, last;

    must(pthread_create(&first, NULL, a_then_b, NULL), "pthread_create");
    must(pthread_create(&joiner, NULL, join_the_first, &first), "pthread_create");
    must(pthread_join(joiner, NULL), "pthread_join");
    must(pthread_create(&last, NULL, b_then_a, NULL), "pthread_create");
    must(pthread_join(last, NULL), "pthread_join");
    puts("done");
    return 0;
}
