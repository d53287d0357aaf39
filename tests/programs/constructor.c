/* A constructor, before main, starts a thread and takes the opposite order of that thread.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=before_main
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_t thread;

static void *b_then_a(void *unused)
{
    (void)unused;
    wait_for_turn(1);
    nest(&lock_b, &lock_a);
    return NULL;
}

__attribute__((constructor)) static void before_main(void)
{
    must(pthread_create(&thread, NULL, b_then_a, NULL), "pthread_create");
    nest(&lock_a, &lock_b);
    end_turn();
}

int main(void)
{
    must(pthread_join(thread, NULL), "pthread_join");
    puts("done");
    return 0;
}
