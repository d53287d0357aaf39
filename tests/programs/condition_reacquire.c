/* Everybody takes lock_b before lock_a; but a thread that waits on a condition with lock_b and
 * keeps lock_a takes lock_b again, after lock_a, when it wakes.
 * verdict: finding locks=lock_a,lock_b
 * verdict: dismissed=any
 * step: holds=lock_a requests=lock_b in=wait_with_a
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static bool ready;

static void wait_with_a(void)
{
    pthread_mutex_lock(&lock_b);
    pthread_mutex_lock(&lock_a);
    end_turn(); /* let the signal come while this thread waits */
    while (!ready)
        must(pthread_cond_wait(&condition, &lock_b), "wait");
    pthread_mutex_unlock(&lock_a);
    pthread_mutex_unlock(&lock_b);
}

static void signal_with_b(void)
{
    pthread_mutex_lock(&lock_b);
    ready = true;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&lock_b);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(b_then_a, wait_with_a, signal_with_b);
    puts("done");
    return 0;
}
