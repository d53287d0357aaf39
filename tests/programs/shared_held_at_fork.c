/* A process holds a process-shared mutex when it forks and while it takes two others. The child
 * takes those in the other order, and does not hold the first one, which is no gate then.
 * processes: 2
 * verdict: finding locks=mutex*init_a*,mutex*init_b*
 * step: holds=*init_a* requests=*init_b* in=a_then_b
 * step: holds=*init_b* requests=*init_a* in=b_then_a */
#include "tests/programs/processes.h"

static NOINLINE void a_then_b(void)
{
    nest(&shared->a, &shared->b);
}

static NOINLINE void b_then_a(void)
{
    nest(&shared->b, &shared->a);
}

int main(void)
{
    shared = map_shared(-1);
    init_a(shared);
    init_b(shared);
    init_gate(shared);
    must(pthread_mutex_lock(&shared->gate), "lock the gate");
    run_in_two_processes(a_then_b, b_then_a);
    must(pthread_mutex_unlock(&shared->gate), "unlock the gate");
    return 0;
}
