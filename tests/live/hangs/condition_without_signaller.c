/* Two threads wait for a condition that each expects the other one to signal.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main in=wait_for_the_other
 * wait: in=wait_for_the_other */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int arrivals;

static void wait_for_the_other(void)
{
    lock(&lock_a);
    arrivals++;
    if (is_fixed)
        must(pthread_cond_broadcast(&changed), "pthread_cond_broadcast");
    while (arrivals < (is_fixed ? 2 : 3))
        must(pthread_cond_wait(&changed, &lock_a), "pthread_cond_wait");
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(wait_for_the_other, wait_for_the_other);
    return end();
}
