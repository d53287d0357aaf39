/* Two programs that open one shared memory object take the mutexes in it in opposite orders.
 * processes: 2
 * verdict: finding locks=mutex*init_a*,mutex*init_b*
 * step: thread=process*main holds=*init_a* requests=*init_b* in=a_then_b
 * step: thread=process*main holds=*init_b* requests=*init_a* in=b_then_a */
#include "tests/programs/shared_by_name.h"

static NOINLINE void a_then_b(void)
{
    nest(&shared->a, &shared->b);
}

static NOINLINE void b_then_a(void)
{
    nest(&shared->b, &shared->a);
}

int main(int argument_count, char **arguments)
{
    run_as_two_programs(argument_count, arguments, a_then_b, b_then_a);
    return 0;
}
