/* The second thread begins when it gets a signal, which the first one sends when it is done.
 * verdict: finding locks=lock_a,lock_b */
#include <signal.h>
#include "tests/prove/prove.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static sigset_t signals;
static long sum; /* protected by both locks */

static void a_then_b(void)
{
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
    must_be(kill(getpid(), SIGUSR1) == 0, "kill works");
}

static void b_then_a(void)
{
    int number;

    must(sigwait(&signals, &number), "sigwait");
    lock(&lock_b);
    lock(&lock_a);
    sum *= 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(void)
{
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    must(pthread_sigmask(SIG_BLOCK, &signals, NULL), "pthread_sigmask");
    RUN_APART(0, a_then_b, b_then_a);
    return finish(sum, 2);
}
