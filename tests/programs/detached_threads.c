/* Two detached threads, one ended before the other begins, but nothing ever waits for it.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void *a_then_b(void *unused)
{
    (void)unused;
    nest(&lock_a, &lock_b);
    end_turn();
    return NULL;
}

static void *b_then_a(void *unused)
{
    (void)unused;
    nest(&lock_b, &lock_a);
    end_turn();
    return NULL;
}

int main(void)
{
    pthread_t first, second;

    must(pthread_create(&first, NULL, a_then_b, NULL), "pthread_create");
    must(pthread_detach(first), "pthread_detach");
    wait_for_turn(1);
    usleep(20000); /* it has ended by now, though nothing says so */
    must(pthread_create(&second, NULL, b_then_a, NULL), "pthread_create");
    must(pthread_detach(second), "pthread_detach");
    wait_for_turn(2);
    puts("done");
    return 0;
}
