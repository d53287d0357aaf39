/* Two programs take the mutexes in shared memory in opposite orders, each in an object of its own.
 * processes: 2
 * verdict: clean */
#include "tests/programs/shared_by_name.h"

static void a_then_b(void)
{
    nest(&shared->a, &shared->b);
}

/* Mapped without a name: nobody else's. */
static void b_then_a_of_its_own(void)
{
    struct shared *own = map_shared(-1);

    init_a(own);
    init_b(own);
    nest(&own->b, &own->a);
}

int main(int argument_count, char **arguments)
{
    run_as_two_programs(argument_count, arguments, a_then_b, b_then_a_of_its_own);
    return 0;
}
