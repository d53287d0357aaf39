/* Process-shared mutexes in both orders by two processes, but under a third that both take first.
 * processes: 2
 * verdict: clean dismissed=gate-lock */
#include "tests/programs/processes.h"

static void under_gate(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    must(pthread_mutex_lock(&shared->gate), "lock the gate");
    nest(outer, inner);
    must(pthread_mutex_unlock(&shared->gate), "unlock the gate");
}

static void a_then_b(void)
{
    under_gate(&shared->a, &shared->b);
}

static void b_then_a(void)
{
    under_gate(&shared->b, &shared->a);
}

int main(void)
{
    shared = map_shared(-1);
    init_a(shared);
    init_b(shared);
    init_gate(shared);
    run_in_two_processes(a_then_b, b_then_a);
    return 0;
}
