/* The joiner holds lock_a; the joined thread needs lock_b; a third takes lock_a under lock_b.
 * verdict: finding locks=lock_a,lock_b,end?of?T2
 * step: thread=main holds=lock_a requests=end?of?T2
 * step: thread=T2 holds=end?of?T2 requests=lock_b
 * step: thread=T3 holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void *take_b(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock_b);
    pthread_mutex_unlock(&lock_b);
    end_turn();
    return NULL;
}

static void *b_then_a(void *unused)
{
    (void)unused;
    wait_for_turn(1);
    nest(&lock_b, &lock_a);
    end_turn();
    return NULL;
}

int main(void)
{
    pthread_t needs_b, third;

    must(pthread_create(&needs_b, NULL, take_b, NULL), "pthread_create");
    must(pthread_create(&third, NULL, b_then_a, NULL), "pthread_create");
    wait_for_turn(2);
    pthread_mutex_lock(&lock_a);
    must(pthread_join(needs_b, NULL), "pthread_join");
    pthread_mutex_unlock(&lock_a);
    must(pthread_join(third, NULL), "pthread_join");
    puts("done");
    return 0;
}
