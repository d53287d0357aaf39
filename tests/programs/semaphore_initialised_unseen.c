/* The semaphores come into being as copies of another: nobody is seen initialising them.
 * verdict: finding locks=lock_a,lock_b
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
    must_be(sem_trywait(&lock_b) == 0, "it is free");
    wait_semaphore(&lock_a);
    post_semaphore(&lock_a);
    post_semaphore(&lock_b);
}

int main(void)
{
    sem_t model;

    init_semaphore(&model, 1);
    memcpy(&lock_a, &model, sizeof model);
    memcpy(&lock_b, &model, sizeof model);
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
