/* Two semaphores used as locks are taken in both orders.
 * verdict: finding locks=lock_a,lock_b confidence=predicted
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/semaphores.h"

static sem_t lock_a, lock_b;

static void a_then_b(void)
{
    nest_semaphores(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    nest_semaphores(&lock_b, &lock_a);
}

int main(void)
{
    init_semaphore(&lock_a, 1);
    init_semaphore(&lock_b, 1);
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
