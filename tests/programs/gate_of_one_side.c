/* Both orders, but only one of the threads takes the gate.
 * verdict: finding locks=lock_a,lock_b */
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

static void b_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(gate_a_b, b_a);
    puts("done");
    return 0;
}
