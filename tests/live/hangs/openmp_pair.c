/* Two of OpenMP's locks, by two threads of the program's own.
 * packages: -fopenmp
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include <omp.h>
#include "tests/live/live.h"

static omp_lock_t lock_a, lock_b;

static void take_both(omp_lock_t *outer, omp_lock_t *inner)
{
    omp_set_lock(outer);
    meet(2);
    omp_set_lock(inner);
    omp_unset_lock(inner);
    omp_unset_lock(outer);
}

static void a_then_b(void)
{
    take_both(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        take_both(&lock_b, &lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    omp_init_lock(&lock_a);
    omp_init_lock(&lock_b);
    RUN_TOGETHER(a_then_b, b_then_a);
    return end();
}
