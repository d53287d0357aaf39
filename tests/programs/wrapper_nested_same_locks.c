/* Two callers, in one thread, of one function that nests two locks through a wrapper. Both have
 * equal frames; only the second runs with the gate held. The finding comes from the first alone.
 * verdict: finding locks=lock_a,lock_b
 * verdict: dismissed=any
 * step: holds=lock_a requests=lock_b in=without_gate not=with_gate
 * step: holds=lock_b requests=lock_a in=gate_b_a */
#include "tests/programs/support.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static volatile int calls;

static NOINLINE void wrapper_nest(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    nest(outer, inner);
    calls++;
}

static NOINLINE void with_gate(void)
{
    pthread_mutex_lock(&gate);
    wrapper_nest(&lock_a, &lock_b);
    pthread_mutex_unlock(&gate);
}

static NOINLINE void without_gate(void)
{
    calls++;
    wrapper_nest(&lock_a, &lock_b);
    calls++;
}

static void both_callers(void)
{
    with_gate();
    without_gate();
}

static void gate_b_a(void)
{
    pthread_mutex_lock(&gate);
    wrapper_nest(&lock_b, &lock_a);
    pthread_mutex_unlock(&gate);
}

int main(void)
{
    RUN_IN_TURN(both_callers, gate_b_a);
    puts("done");
    return 0;
}
