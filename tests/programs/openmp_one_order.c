/* OpenMP's locks where none can wait in the other order, and a lock destroyed and initialised again
 * between the two orders.
 * packages: -fopenmp
 * verdict: clean dismissed=trylock */
#include <omp.h>

#include "tests/programs/support.h"

static omp_lock_t first, second, third, again;

static void nest_locks(omp_lock_t *outer, omp_lock_t *inner)
{
    omp_set_lock(outer);
    omp_set_lock(inner);
    omp_unset_lock(inner);
    omp_unset_lock(outer);
}

static void by_one(void)
{
    nest_locks(&first, &second);
    nest_locks(&third, &again);
    omp_destroy_lock(&again);
    omp_init_lock(&again);
#pragma omp critical(outer)
    omp_set_lock(&first);
    omp_unset_lock(&first);
}

static void by_the_other(void)
{
    omp_set_lock(&second);
    must_be(omp_test_lock(&first), "first is free");
    omp_unset_lock(&first);
    omp_unset_lock(&second);
    nest_locks(&again, &third);
#pragma omp critical(outer)
    nest_locks(&first, &second);
}

int main(void)
{
    omp_lock_t *locks[] = {&first, &second, &third, &again};
    for (int i = 0; i < 4; i++)
        omp_init_lock(locks[i]);
#pragma omp parallel num_threads(2)
    {
        wait_for_turn(omp_get_thread_num());
        if (omp_get_thread_num() == 0)
            by_one();
        else
            by_the_other();
        end_turn();
    }
    puts("done");
    return 0;
}
