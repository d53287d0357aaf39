/* Two programs that open one shared memory object take the mutexes in it in one order.
 * processes: 2
 * verdict: clean */
#include "tests/programs/shared_by_name.h"

static void a_then_b(void)
{
    nest(&shared->a, &shared->b);
}

int main(int argument_count, char **arguments)
{
    run_as_two_programs(argument_count, arguments, a_then_b, a_then_b);
    return 0;
}
