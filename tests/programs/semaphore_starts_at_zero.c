/* Two semaphores are taken in both orders like locks, but they began at 0: the main thread opened
 * them by a post, which is what signals are for.
 * verdict: clean */
#include "tests/programs/semaphores.h"

static sem_t signal_a, signal_b;

static void a_then_b(void)
{
    nest_semaphores(&signal_a, &signal_b);
}

static void b_then_a(void)
{
    nest_semaphores(&signal_b, &signal_a);
}

int main(void)
{
    init_semaphore(&signal_a, 0);
    init_semaphore(&signal_b, 0);
    post_semaphore(&signal_a);
    post_semaphore(&signal_b);
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
