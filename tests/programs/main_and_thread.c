/* The main thread takes part: one order is its own.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=main
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void *b_then_a(void *unused)
{
    (void)unused;
    nest(&lock_b, &lock_a);
    end_turn();
    return NULL;
}

int main(void)
{
    pthread_t thread;

    must(pthread_create(&thread, NULL, b_then_a, NULL), "pthread_create");
    wait_for_turn(1);
    nest(&lock_a, &lock_b);
    must(pthread_join(thread, NULL), "pthread_join");
    puts("done");
    return 0;
}
