/* Each thread goes through its section ten thousand times, the second one when the first is done.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

#define ROUNDS 10000

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by both */

static void a_then_b(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        lock(&lock_a);
        lock(&lock_b);
        sum += 1;
        unlock(&lock_b);
        unlock(&lock_a);
    }
}

static void b_then_a(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        lock(&lock_b);
        lock(&lock_a);
        sum += 2;
        unlock(&lock_a);
        unlock(&lock_b);
    }
}

int main(void)
{
    RUN_APART(4 * APART_MS, a_then_b, b_then_a);
    return finish(sum, 3 * ROUNDS);
}
