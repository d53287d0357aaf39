/* The joined thread needs the mutex only before it creates another one, which its joiner joins
 * before it takes the mutex.
 * verdict: clean dismissed=ordered */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_t grandchild;

static void *do_nothing(void *unused)
{
    return unused;
}

static void *take_a_then_create(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    must(pthread_create(&grandchild, NULL, do_nothing, NULL), "pthread_create");
    end_turn();
    return NULL;
}

int main(void)
{
    pthread_t child;

    must(pthread_create(&child, NULL, take_a_then_create, NULL), "pthread_create");
    wait_for_turn(1);
    must(pthread_join(grandchild, NULL), "pthread_join");
    pthread_mutex_lock(&lock_a);
    must(pthread_join(child, NULL), "pthread_join");
    pthread_mutex_unlock(&lock_a);
    puts("done");
    return 0;
}
