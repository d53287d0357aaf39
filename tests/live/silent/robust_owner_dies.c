/* The owner of a robust mutex ends while another thread already waits, which inherits it.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_mutex_t lock_a;
static pid_t waiter;

static void die_holding(void)
{
    lock(&lock_a);
    always_meet(2);
    wait_until_asleep(&waiter);
}

static void inherit(void)
{
    always_meet(2);
    __atomic_store_n(&waiter, gettid(), __ATOMIC_SEQ_CST);
    must_be(pthread_mutex_lock(&lock_a) == EOWNERDEAD, "it is inherited");
    must(pthread_mutex_consistent(&lock_a), "pthread_mutex_consistent");
    unlock(&lock_a);
}

static void init_robust(void)
{
    pthread_mutexattr_t attributes;

    must(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
    must(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), "set the attribute");
    must(pthread_mutex_init(&lock_a, &attributes), "pthread_mutex_init");
}

int main(void)
{
    init_robust();
    RUN_TOGETHER(die_holding, inherit);
    return end();
}
