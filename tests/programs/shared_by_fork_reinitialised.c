/* A process takes two process-shared mutexes in one order, and makes new ones in their place before
 * its child takes those in the other: four locks.
 * processes: 2
 * verdict: clean */
#include "tests/programs/processes.h"

static void a_then_b_then_anew(void)
{
    nest(&shared->a, &shared->b);
    must(pthread_mutex_destroy(&shared->a), "pthread_mutex_destroy");
    must(pthread_mutex_destroy(&shared->b), "pthread_mutex_destroy");
    init_a(shared);
    init_b(shared);
}

static void b_then_a(void)
{
    nest(&shared->b, &shared->a);
}

int main(void)
{
    shared = map_shared(-1);
    init_a(shared);
    init_b(shared);
    run_in_two_processes(a_then_b_then_anew, b_then_a);
    return 0;
}
