/* Two process-shared mutexes, taken in one order by a process and its child.
 * processes: 2
 * verdict: clean */
#include "tests/programs/processes.h"

static void a_then_b(void)
{
    nest(&shared->a, &shared->b);
}

int main(void)
{
    shared = map_shared(-1);
    init_a(shared);
    init_b(shared);
    run_in_two_processes(a_then_b, a_then_b);
    return 0;
}
