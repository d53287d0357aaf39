/* Both orders begin under the gate, but one thread lets it go before it takes its second lock.
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

static void gate_b_then_a_without(void)
{
    pthread_mutex_lock(&gate);
    pthread_mutex_lock(&lock_b);
    pthread_mutex_unlock(&gate);
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    pthread_mutex_unlock(&lock_b);
}

int main(void)
{
    RUN_IN_TURN(gate_a_b, gate_b_then_a_without);
    puts("done");
    return 0;
}
