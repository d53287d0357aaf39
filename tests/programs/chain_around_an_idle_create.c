/* One thread takes the same chain before and after it creates a thread that takes no lock; the
 * other order comes in a thread created after both.
 * verdict: clean dismissed=ordered */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void *idle(void *unused)
{
    (void)unused;
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
    pthread_t idler, thread;

    for (int i = 0; i < 2; i++) {
        nest(&lock_a, &lock_b);
        if (i == 0)
            must(pthread_create(&idler, NULL, idle, NULL), "pthread_create");
    }
    must(pthread_create(&thread, NULL, b_then_a, NULL), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
    must(pthread_join(idler, NULL), "pthread_join");
    puts("done");
    return 0;
}
