/* OpenMP's locks and critical sections in both orders, by the two threads of one parallel region.
 * packages: -fopenmp
 * verdict: finding locks=lock_a,lock_b
 * verdict: finding locks=nest_a,nest_b
 * verdict: finding locks=*critical_user_inner,*critical_section
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include <omp.h>

#include "tests/programs/support.h"

static omp_lock_t lock_a, lock_b;
static omp_nest_lock_t nest_a, nest_b;

static void nest_locks(omp_lock_t *outer, omp_lock_t *inner)
{
    omp_set_lock(outer);
    omp_set_lock(inner);
    omp_unset_lock(inner);
    omp_unset_lock(outer);
}

static void nest_again(omp_nest_lock_t *outer, omp_nest_lock_t *inner)
{
    omp_set_nest_lock(outer);
    must_be(omp_test_nest_lock(outer) == 2, "its holder may take it again");
    omp_unset_nest_lock(outer);
    omp_set_nest_lock(inner);
    omp_unset_nest_lock(inner);
    omp_unset_nest_lock(outer);
}

static NOINLINE void a_then_b(void)
{
    nest_locks(&lock_a, &lock_b);
    nest_again(&nest_a, &nest_b);
}

static NOINLINE void b_then_a(void)
{
    nest_locks(&lock_b, &lock_a);
    nest_again(&nest_b, &nest_a);
}

static NOINLINE void inner_section(void)
{
#pragma omp critical(inner)
    puts("in a named section");
}

static NOINLINE void unnamed_section(void)
{
#pragma omp critical
    puts("in the section without a name");
}

static NOINLINE void unnamed_then_inner(void)
{
#pragma omp critical
    inner_section();
}

static NOINLINE void inner_then_unnamed(void)
{
#pragma omp critical(inner)
    unnamed_section();
}

int main(void)
{
    omp_init_lock(&lock_a);
    omp_init_lock(&lock_b);
    omp_init_nest_lock(&nest_a);
    omp_init_nest_lock(&nest_b);
#pragma omp parallel num_threads(2)
    {
        wait_for_turn(omp_get_thread_num());
        if (omp_get_thread_num() == 0) {
            a_then_b();
            unnamed_then_inner();
        } else {
            b_then_a();
            inner_then_unnamed();
        }
        end_turn();
    }
    puts("done");
    return 0;
}
