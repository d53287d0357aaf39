/* A woken waiter needs its mutex back, whose holder wants what the waiter kept.
 * verdict: deadlock
 * threads: 2
 * wait: holds=kept wants=lock_a in=wait_keeping
 * wait: thread=main holds=lock_a wants=kept in=signal_then_take */
#include "tests/live/live.h"

static pthread_mutex_t kept = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_waiting, is_changed;

static void wait_keeping(void)
{
    lock(&kept);
    lock(&lock_a);
    is_waiting = true;
    while (!is_changed)
        must(pthread_cond_wait(&changed, &lock_a), "pthread_cond_wait");
    unlock(&lock_a);
    unlock(&kept);
}

/* Returns with lock_a held. */
static void wait_until_it_waits(void)
{
    lock(&lock_a);
    while (!is_waiting) {
        unlock(&lock_a);
        usleep(50);
        lock(&lock_a);
    }
}

static void signal_then_take(void)
{
    wait_until_it_waits();
    is_changed = true;
    must(pthread_cond_signal(&changed), "pthread_cond_signal");
    if (is_fixed)
        unlock(&lock_a);
    lock(&kept);
    unlock(&kept);
    if (!is_fixed)
        unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(wait_keeping, signal_then_take);
    return end();
}
