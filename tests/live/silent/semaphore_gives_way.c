/* Two semaphores used as locks, both held and both wanted, one of them for a limited time.
 * verdict: silent */
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

static sem_t lock_a, lock_b;

static void patient(void)
{
    wait_semaphore(&lock_a);
    meet(2);
    wait_semaphore(&lock_b);
    post_semaphore(&lock_b);
    post_semaphore(&lock_a);
}

static void gives_way(void)
{
    struct timespec deadline = seconds_from_now(CLOCK_REALTIME, 1);

    wait_semaphore(&lock_b);
    meet(2);
    must_be(sem_timedwait(&lock_a, &deadline) == -1 && errno == ETIMEDOUT, "it times out");
    post_semaphore(&lock_b);
}

int main(void)
{
    init_semaphore(&lock_a, 1);
    init_semaphore(&lock_b, 1);
    RUN_TOGETHER(patient, gives_way);
    return end();
}
