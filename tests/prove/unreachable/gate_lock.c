/* Both orders, behind a lock that is seen: there is nothing to confirm.
 * verdict: clean dismissed=gate-lock */
#include "tests/prove/prove.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by all */

static void nest_behind_gate(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    lock(&gate);
    lock(outer);
    lock(inner);
    sum++;
    unlock(inner);
    unlock(outer);
    unlock(&gate);
}

static void a_then_b(void)
{
    nest_behind_gate(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    nest_behind_gate(&lock_b, &lock_a);
}

int main(void)
{
    RUN_APART(0, a_then_b, b_then_a);
    return finish(sum, 2);
}
