/* A key destructor takes one order; the thread is joined before the one with the other order
 * starts.
 * verdict: clean dismissed=ordered */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t key;

static void destroy_a_then_b(void *unused)
{
    (void)unused;
    nest(&lock_a, &lock_b);
}

static void *leave_a_value(void *unused)
{
    (void)unused;
    must(pthread_setspecific(key, &key), "pthread_setspecific");
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

    must(pthread_key_create(&key, destroy_a_then_b), "pthread_key_create");
    must(pthread_create(&thread, NULL, leave_a_value, NULL), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
    must(pthread_create(&thread, NULL, b_then_a, NULL), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
    puts("done");
    return 0;
}
