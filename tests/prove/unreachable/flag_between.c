/* The second thread begins when an atomic flag says that the first one is done.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static int is_done; /* atomic: hands all that the first thread did to the second */
static long sum;    /* protected by both locks */

static void a_then_b(void)
{
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
    __atomic_store_n(&is_done, 1, __ATOMIC_RELEASE);
}

static void b_then_a(void)
{
    while (!__atomic_load_n(&is_done, __ATOMIC_ACQUIRE))
        sleep_ms(1);
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
