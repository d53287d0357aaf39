/* In one of the two orders the second semaphore is waited for with an end, by either clock.
 * verdict: clean dismissed=timed */
#include "tests/programs/semaphores.h"

static sem_t lock_a, lock_b;

static void a_then_b(void)
{
    nest_semaphores(&lock_a, &lock_b);
}

static void b_then_a_for_a_while(void)
{
    struct timespec deadline = seconds_from_now(CLOCK_REALTIME, 60);

    wait_semaphore(&lock_b);
    if (sem_timedwait(&lock_a, &deadline) == 0)
        post_semaphore(&lock_a);
    deadline = seconds_from_now(CLOCK_MONOTONIC, 60);
    if (sem_clockwait(&lock_a, CLOCK_MONOTONIC, &deadline) == 0)
        post_semaphore(&lock_a);
    post_semaphore(&lock_b);
}

int main(void)
{
    init_semaphore(&lock_a, 1);
    init_semaphore(&lock_b, 1);
    RUN_IN_TURN(a_then_b, b_then_a_for_a_while);
    puts("done");
    return 0;
}
