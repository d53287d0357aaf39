/* The only thread that could signal ends without having done so; the others wait, one of them for a
 * thread that waits.
 * verdict: deadlock
 * threads: 1
 * stuck behind: 1
 * wait: wants=ready in=wait_for_it */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static bool is_ready, is_waiting;

static NOINLINE void wait_for_it(void)
{
    lock(&lock_a);
    is_waiting = true;
    while (!is_ready)
        must(pthread_cond_wait(&ready, &lock_a), "pthread_cond_wait");
    unlock(&lock_a);
}

/* Long after the others have begun to wait. */
static void forget_to_signal(void)
{
    bool waits = false;

    while (!waits) {
        usleep(1000);
        lock(&lock_a);
        waits = is_waiting;
        unlock(&lock_a);
    }
    usleep(100 * 1000);
    if (!is_fixed)
        return;
    lock(&lock_a);
    is_ready = true;
    must(pthread_cond_signal(&ready), "pthread_cond_signal");
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    static const body_function bodies[] = {wait_for_it, forget_to_signal};

    begin(argc, argv);
    pthread_t waiter = start(&bodies[0]);
    must(pthread_detach(start(&bodies[1])), "pthread_detach");
    must(pthread_join(waiter, NULL), "pthread_join");
    return end();
}
