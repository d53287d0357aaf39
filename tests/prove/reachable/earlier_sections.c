/* The threads go many times through earlier sections of the same locks: who is held back at any of
 * these only keeps the other from its step.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

#define ROUNDS 100

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;
static long sum;  /* protected by lock_a or lock_b, of which both change it only together */
static long uses; /* protected by other */

static NOINLINE void use(pthread_mutex_t *outer)
{
    lock(outer);
    lock(&other);
    uses++;
    unlock(&other);
    unlock(outer);
}

static void a_then_b(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        use(&lock_b);
        use(&lock_a);
    }
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
}

static void b_then_a(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        use(&lock_a);
        use(&lock_b);
    }
    lock(&lock_b);
    lock(&lock_a);
    sum += 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(void)
{
    RUN_APART(2 * APART_MS, a_then_b, b_then_a);
    return finish(sum * 1000 + uses, 3000 + 4 * ROUNDS);
}
