/* A gate that only one of the two goes through.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by lock_a and lock_b */

static void a_then_b(void)
{
    lock(&gate);
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
    unlock(&gate);
}

static void b_then_a(void)
{
    pass_through(&gate);
    lock(&lock_b);
    lock(&lock_a);
    sum += 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(void)
{
    RUN_APART(APART_MS, a_then_b, b_then_a);
    return finish(sum, 3);
}
