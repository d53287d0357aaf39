/* Two pools of five are entered in both orders: with a place free in each, nobody waits for ever.
 * verdict: clean */
#include "tests/programs/semaphores.h"

static sem_t pool_a, pool_b;

static void a_then_b(void)
{
    nest_semaphores(&pool_a, &pool_b);
    nest_semaphores(&pool_a, &pool_b);
}

static void b_then_a(void)
{
    nest_semaphores(&pool_b, &pool_a);
    nest_semaphores(&pool_b, &pool_a);
}

int main(void)
{
    init_semaphore(&pool_a, 5);
    init_semaphore(&pool_b, 5);
    RUN_IN_TURN(a_then_b, b_then_a, a_then_b);
    puts("done");
    return 0;
}
