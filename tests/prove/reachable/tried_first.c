/* The first lock is got by trying, the second one is waited for.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by both */

static void try_a_then_b(void)
{
    while (pthread_mutex_trylock(&lock_a) != 0)
        sleep_ms(1);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
}

static void try_b_then_a(void)
{
    while (pthread_mutex_trylock(&lock_b) != 0)
        sleep_ms(1);
    lock(&lock_a);
    sum += 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(void)
{
    RUN_APART(APART_MS, try_a_then_b, try_b_then_a);
    return finish(sum, 3);
}
