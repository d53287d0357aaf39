/* A signal handler locks what the code that it interrupts holds. The twin blocks the signal while
 * it holds the mutex.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a */
#include <signal.h>
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static volatile sig_atomic_t handled;

static void handle(int number)
{
    lock(&lock_a);
    handled = number;
    unlock(&lock_a);
}

static NOINLINE void be_interrupted(void)
{
    sigset_t set, old;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    if (is_fixed)
        must(pthread_sigmask(SIG_BLOCK, &set, &old), "pthread_sigmask");
    lock(&lock_a);
    must(raise(SIGUSR1), "raise");
    unlock(&lock_a);
    if (is_fixed)
        must(pthread_sigmask(SIG_SETMASK, &old, NULL), "pthread_sigmask");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    signal(SIGUSR1, handle);
    be_interrupted();
    must_be(handled == SIGUSR1, "the handler ran");
    return end();
}
