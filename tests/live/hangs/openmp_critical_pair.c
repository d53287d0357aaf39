/* Two critical sections, nested both ways by the two threads of a parallel region.
 * packages: -fopenmp
 * verdict: deadlock
 * threads: 2
 * wait: holds=*critical_user_outer wants=*critical_user_inner
 * wait: holds=*critical_user_inner wants=*critical_user_outer */
#include <omp.h>
#include "tests/live/live.h"

static NOINLINE void outer_then_inner(void)
{
#pragma omp critical(outer)
    {
        meet(2);
#pragma omp critical(inner)
        puts("inside");
    }
}

static NOINLINE void inner_then_outer(void)
{
#pragma omp critical(inner)
    {
        meet(2);
#pragma omp critical(outer)
        puts("inside");
    }
}

int main(int argc, char **argv)
{
    begin(argc, argv);
#pragma omp parallel num_threads(2)
    {
        must_be(omp_get_num_threads() == 2, "there are two threads");
        if (is_fixed || omp_get_thread_num() == 0)
            outer_then_inner();
        else
            inner_then_outer();
    }
    return end();
}
