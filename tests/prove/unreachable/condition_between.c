/* The second thread begins when a condition says that the first one is done.
 * verdict: clean dismissed=ordered */
#include "tests/prove/prove.h"

static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static bool is_open; /* protected by door */
static long sum;     /* protected by lock_a and lock_b */

static void a_then_b(void)
{
    sleep_ms(APART_MS);
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
    lock(&door);
    is_open = true;
    must(pthread_cond_signal(&opened), "pthread_cond_signal");
    unlock(&door);
}

static void b_then_a(void)
{
    lock(&door);
    while (!is_open)
        must(pthread_cond_wait(&opened, &door), "pthread_cond_wait");
    unlock(&door);
    lock(&lock_b);
    lock(&lock_a);
    sum *= 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(void)
{
    RUN_APART(0, a_then_b, b_then_a);
    return finish(sum, 2);
}
