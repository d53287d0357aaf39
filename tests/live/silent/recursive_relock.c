/* A recursive mutex is taken again by its owner while another thread waits for it.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_mutex_t lock_a;
static pid_t waiter;

static void take_thrice(void)
{
    lock(&lock_a);
    meet(2);
    wait_until_asleep(&waiter);
    lock(&lock_a);
    lock(&lock_a);
    for (int i = 0; i < 3; i++)
        unlock(&lock_a);
}

static void take_once(void)
{
    meet(2);
    __atomic_store_n(&waiter, gettid(), __ATOMIC_SEQ_CST);
    lock(&lock_a);
    unlock(&lock_a);
}

int main(void)
{
    init_mutex_of_type(&lock_a, PTHREAD_MUTEX_RECURSIVE);
    RUN_TOGETHER(take_thrice, take_once);
    return end();
}
