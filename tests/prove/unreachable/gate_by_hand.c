/* Both orders, but only behind a lock of the program's own, made of an atomic variable.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

#define ROUNDS 200

static int gate; /* atomic: 1 while somebody is inside */
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by both locks */

static void nest_behind_gate(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    while (__atomic_exchange_n(&gate, 1, __ATOMIC_ACQUIRE) != 0)
        usleep(50);
    lock(outer);
    lock(inner);
    sum++;
    unlock(inner);
    unlock(outer);
    __atomic_store_n(&gate, 0, __ATOMIC_RELEASE);
}

static void a_then_b(void)
{
    for (int i = 0; i < ROUNDS; i++)
        nest_behind_gate(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    for (int i = 0; i < ROUNDS; i++)
        nest_behind_gate(&lock_b, &lock_a);
}

int main(void)
{
    RUN_APART(0, a_then_b, b_then_a);
    return finish(sum, 2 * ROUNDS);
}
