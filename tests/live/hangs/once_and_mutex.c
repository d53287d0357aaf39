/* The initialiser wants a mutex whose holder calls the same pthread_once.
 * verdict: deadlock
 * threads: 2
 * wait: wants=lock_a in=initialise
 * wait: thread=main holds=lock_a in=call_under_a */
#include "tests/live/live.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void initialise(void)
{
    meet(2);
    lock(&lock_a);
    unlock(&lock_a);
}

static void call_first(void)
{
    must(pthread_once(&once, initialise), "pthread_once");
}

static void call_under_a(void)
{
    if (is_fixed)
        call_first();
    lock(&lock_a);
    meet(2);
    must(pthread_once(&once, initialise), "pthread_once");
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(call_first, call_under_a);
    return end();
}
