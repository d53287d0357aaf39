/* One thread takes the same chain, at the same place, before and after it creates the thread with
 * the other order. The first time is harmless, the second is not.
 * verdict: finding locks=lock_a,lock_b
 * verdict: dismissed=any
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void *b_then_a(void *unused)
{
    (void)unused;
    wait_for_turn(1);
    nest(&lock_b, &lock_a);
    return NULL;
}

static NOINLINE void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

int main(void)
{
    pthread_t thread;

    for (int i = 0; i < 2; i++) {
        a_then_b();
        if (i == 0)
            must(pthread_create(&thread, NULL, b_then_a, NULL), "pthread_create");
    }
    end_turn();
    must(pthread_join(thread, NULL), "pthread_join");
    puts("done");
    return 0;
}
