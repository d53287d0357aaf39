/* The parent takes one order, then creates the thread that takes the other.
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

int main(void)
{
    pthread_t thread;

    nest(&lock_a, &lock_b);
    must(pthread_create(&thread, NULL, b_then_a, NULL), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
    puts("done");
    return 0;
}
