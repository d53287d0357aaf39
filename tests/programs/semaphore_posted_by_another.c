/* Two semaphores look like locks in both orders, until another thread posts one of them.
 * verdict: clean */
#include "tests/programs/semaphores.h"

static sem_t signal_a, lock_b;

static void a_then_b(void)
{
    nest_semaphores(&signal_a, &lock_b);
}

static void b_then_a(void)
{
    nest_semaphores(&lock_b, &signal_a);
}

static void take_a(void)
{
    wait_semaphore(&signal_a);
}

static void post_a(void)
{
    post_semaphore(&signal_a);
}

int main(void)
{
    init_semaphore(&signal_a, 1);
    init_semaphore(&lock_b, 1);
    RUN_IN_TURN(a_then_b, b_then_a, take_a, post_a);
    puts("done");
    return 0;
}
