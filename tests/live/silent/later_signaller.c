/* Everyone waits but for one thread that sleeps, and signals when it wakes up.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_changed;

static void wait_for_change(void)
{
    lock(&lock_a);
    while (!is_changed)
        must(pthread_cond_wait(&changed, &lock_a), "pthread_cond_wait");
    unlock(&lock_a);
}

static void change(void)
{
    lock(&lock_a);
    is_changed = true;
    must(pthread_cond_signal(&changed), "pthread_cond_signal");
    unlock(&lock_a);
}

static void change_later(void)
{
    usleep(300000);
    change();
}

int main(void)
{
    RUN_TOGETHER(change_later, wait_for_change);
    return end();
}
