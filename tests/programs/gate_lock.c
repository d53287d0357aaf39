/* Both orders, each under the same gate lock.
 * verdict: clean dismissed=gate-lock */
#include "tests/programs/support.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void gate_a_b(void)
{
    pthread_mutex_lock(&gate);
    nest(&lock_a, &lock_b);
    pthread_mutex_unlock(&gate);
}

static void gate_b_a(void)
{
    pthread_mutex_lock(&gate);
    nest(&lock_b, &lock_a);
    pthread_mutex_unlock(&gate);
}

int main(void)
{
    RUN_IN_TURN(gate_a_b, gate_b_a);
    puts("done");
    return 0;
}
