/* Two semaphores that one thread has taken and another one gives back: in the picture of locks it
 * is a circle, and it always goes on.
 * verdict: silent */
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

static sem_t first, second;
static pid_t waiters[2];

static void take_both(sem_t *outer, sem_t *inner, pid_t *waiter)
{
    wait_semaphore(outer);
    meet(3);
    __atomic_store_n(waiter, gettid(), __ATOMIC_SEQ_CST);
    wait_semaphore(inner);
    post_semaphore(inner);
}

static void first_then_second(void)
{
    take_both(&first, &second, &waiters[0]);
}

static void second_then_first(void)
{
    take_both(&second, &first, &waiters[1]);
}

static void give_back(void)
{
    meet(3);
    wait_until_asleep(&waiters[0]);
    wait_until_asleep(&waiters[1]);
    usleep(300000);
    post_semaphore(&first);
    post_semaphore(&second);
}

int main(void)
{
    init_semaphore(&first, 1);
    init_semaphore(&second, 1);
    RUN_TOGETHER(first_then_second, second_then_first, give_back);
    return end();
}
