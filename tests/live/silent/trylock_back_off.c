/* Both hold their first; one of them tries its second again and again, then gives way.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pid_t waiter;

static void patient(void)
{
    lock(&lock_a);
    meet(2);
    __atomic_store_n(&waiter, gettid(), __ATOMIC_SEQ_CST);
    lock(&lock_b);
    unlock(&lock_b);
    unlock(&lock_a);
}

static void gives_way(void)
{
    lock(&lock_b);
    meet(2);
    wait_until_asleep(&waiter);
    for (int i = 0; i < 1000; i++)
        must_be(pthread_mutex_trylock(&lock_a) == EBUSY, "it is held");
    unlock(&lock_b);
}

int main(void)
{
    RUN_TOGETHER(patient, gives_way);
    return end();
}
