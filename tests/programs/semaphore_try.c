/* In one of the two orders the second semaphore is only tried.
 * verdict: clean dismissed=trylock */
#include "tests/programs/semaphores.h"

static sem_t lock_a, lock_b;

static void a_then_b(void)
{
    nest_semaphores(&lock_a, &lock_b);
}

static void b_then_try_a(void)
{
    wait_semaphore(&lock_b);
    if (sem_trywait(&lock_a) == 0)
        post_semaphore(&lock_a);
    post_semaphore(&lock_b);
}

int main(void)
{
    init_semaphore(&lock_a, 1);
    init_semaphore(&lock_b, 1);
    RUN_IN_TURN(a_then_b, b_then_try_a);
    puts("done");
    return 0;
}
