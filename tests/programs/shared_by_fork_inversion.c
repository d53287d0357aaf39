/* Two process-shared mutexes in memory without a name, taken in one order by a process and in the
 * other by its child.
 * processes: 2
 * verdict: finding locks=mutex*init_a*,mutex*init_b*
 * step: thread=process*main holds=*init_a* requests=*init_b* in=a_then_b
 * step: thread=process*main holds=*init_b* requests=*init_a* in=b_then_a */
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
    run_in_two_processes(a_then_b, b_then_a);
    return 0;
}
