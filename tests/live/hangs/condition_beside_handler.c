/* Nobody signals, but there is a handler, of which nobody can say what it would do.
 * verdict: deadlock
 * threads: 1
 * certain: suspected
 * wait: thread=main wants=ready in=wait_for_it */
#include <signal.h>
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;

static void ignore(int number)
{
    (void)number;
}

static NOINLINE void wait_for_it(void)
{
    lock(&lock_a);
    if (!is_fixed)
        must(pthread_cond_wait(&ready, &lock_a), "pthread_cond_wait");
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must_be(signal(SIGUSR1, ignore) != SIG_ERR, "signal");
    wait_for_it();
    return end();
}
