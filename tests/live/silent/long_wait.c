/* Threads wait in a chain for an owner that sleeps for a long time, and then goes on.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;

static void sleep_holding(void)
{
    lock(&lock_a);
    meet(3);
    usleep(300000);
    unlock(&lock_a);
}

static void wait_in_between(void)
{
    hold_two(&lock_b, &lock_a, 3);
}

static void wait_behind(void)
{
    must(pthread_rwlock_wrlock(&table), "pthread_rwlock_wrlock");
    meet(3);
    lock(&lock_b);
    unlock(&lock_b);
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
}

int main(void)
{
    RUN_TOGETHER(sleep_holding, wait_in_between, wait_behind);
    return end();
}
