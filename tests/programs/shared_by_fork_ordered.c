/* A process takes two process-shared mutexes in one order before it forks; its child takes them in
 * the other: the child cannot meet what its parent did before there was a child.
 * processes: 2
 * verdict: clean dismissed=ordered */
#include "tests/programs/processes.h"

static void b_then_a(void)
{
    nest(&shared->b, &shared->a);
}

static void nothing(void)
{
}

int main(void)
{
    shared = map_shared(-1);
    init_a(shared);
    init_b(shared);
    nest(&shared->a, &shared->b);
    run_in_two_processes(nothing, b_then_a);
    return 0;
}
