/* The signal comes before the wait, and nothing remembers it. The twin has a predicate.
 * verdict: deadlock
 * threads: 1
 * wait: thread=main wants=ready* in=wait_for_it */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static bool is_ready;

static void signal_it(void)
{
    lock(&lock_a);
    is_ready = true;
    must(pthread_cond_signal(&ready), "pthread_cond_signal");
    unlock(&lock_a);
}

static NOINLINE void wait_for_it(void)
{
    lock(&lock_a);
    while (!is_fixed || !is_ready)
        must(pthread_cond_wait(&ready, &lock_a), "pthread_cond_wait");
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    static const body_function body = signal_it;

    begin(argc, argv);
    must(pthread_join(start(&body), NULL), "pthread_join");
    wait_for_it();
    return end();
}
