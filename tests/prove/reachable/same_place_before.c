/* One function nests any two locks, a hundred times two harmless ones and once the two that matter:
 * the place in the program is the same each time.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

#define ROUNDS 100

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_c = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by the locks, two of three at a time */

static NOINLINE void nest_and_add(pthread_mutex_t *outer, pthread_mutex_t *inner, long amount)
{
    lock(outer);
    lock(inner);
    sum += amount;
    unlock(inner);
    unlock(outer);
}

static void a_then_b(void)
{
    for (int i = 0; i <= ROUNDS; i++)
        nest_and_add(&lock_a, i < ROUNDS ? &lock_c : &lock_b, 1);
}

static void b_then_a(void)
{
    for (int i = 0; i <= ROUNDS; i++)
        nest_and_add(&lock_b, i < ROUNDS ? &lock_c : &lock_a, 1);
}

int main(void)
{
    RUN_APART(2 * APART_MS, a_then_b, b_then_a);
    return finish(sum, 2 * ROUNDS + 2);
}
