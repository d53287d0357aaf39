/* The first thread is joined before the second is created: they never meet.
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

int main(void)
{
    pthread_t thread;

    must(pthread_create(&thread, NULL, a_then_b, NULL), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
    must(pthread_create(&thread, NULL, b_then_a, NULL), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
    puts("done");
    return 0;
}
