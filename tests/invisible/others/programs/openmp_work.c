/* OpenMP: parallel loops, named critical sections, locks, ordered, tasks, barriers, nesting. */
#include <omp.h>
#include <stdio.h>

enum { ITEMS = 2000 };

static long fibonacci(int number)
{
    if (number < 2)
        return number;
    long first, second;
#pragma omp task shared(first) if (number > 10)
    first = fibonacci(number - 1);
#pragma omp task shared(second) if (number > 10)
    second = fibonacci(number - 2);
#pragma omp taskwait
    return first + second;
}

static long locked_sum(void)
{
    omp_lock_t lock;
    omp_nest_lock_t nested;
    long sum = 0, both = 0;
    omp_init_lock(&lock);
    omp_init_nest_lock(&nested);
#pragma omp parallel for num_threads(4) schedule(dynamic, 7)
    for (int i = 0; i < ITEMS; i++) {
        omp_set_lock(&lock);
        sum += i;
        omp_unset_lock(&lock);
        omp_set_nest_lock(&nested);
        omp_set_nest_lock(&nested);
        both++;
        omp_unset_nest_lock(&nested);
        omp_unset_nest_lock(&nested);
#pragma omp critical(outer)
        {
#pragma omp critical(inner)
            both++;
        }
    }
    omp_destroy_nest_lock(&nested);
    omp_destroy_lock(&lock);
    return sum * 100000 + both;
}

static void in_order(void)
{
#pragma omp parallel for ordered num_threads(3) schedule(static, 1)
    for (int i = 0; i < 6; i++) {
#pragma omp ordered
        printf("%d\n", i);
    }
}

int main(void)
{
    long phases = 0, tasks = 0;
    omp_set_max_active_levels(2);
    printf("%ld\n", locked_sum());
    in_order();
#pragma omp parallel num_threads(4) reduction(+ : phases)
    for (int i = 0; i < 50; i++) {
#pragma omp barrier
        phases += omp_get_thread_num();
    }
#pragma omp parallel num_threads(4)
#pragma omp single
    tasks = fibonacci(18);
#pragma omp parallel num_threads(2) reduction(+ : phases)
    {
#pragma omp parallel num_threads(2) reduction(+ : phases)
        phases++;
    }
    printf("%ld %ld\n", phases, tasks);
    return 3;
}
