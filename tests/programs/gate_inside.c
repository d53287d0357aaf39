/* The gate lies between the two locks, so it guards the pair but not itself: whoever has lock_a or
 * lock_b waits for the gate, whoever has the gate waits for lock_a or lock_b.
 * verdict: finding locks=lock_a,gate
 * verdict: finding locks=lock_b,gate
 * verdict: dismissed=gate-lock,any */
#include "tests/programs/support.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_gate_b(void)
{
    pthread_mutex_lock(&lock_a);
    nest(&gate, &lock_b);
    pthread_mutex_unlock(&lock_a);
}

static void b_gate_a(void)
{
    pthread_mutex_lock(&lock_b);
    nest(&gate, &lock_a);
    pthread_mutex_unlock(&lock_b);
}

int main(void)
{
    RUN_IN_TURN(a_gate_b, b_gate_a);
    puts("done");
    return 0;
}
