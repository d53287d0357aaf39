/* Threads come to a pthread_once, a call_once-like static and its mutex while the initialiser still
 * runs: they wait for it and go on.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void initialise(void)
{
    always_meet(3);
    lock(&lock_a);
    usleep(100000);
    unlock(&lock_a);
}

static void call_first(void)
{
    must(pthread_once(&once, initialise), "pthread_once");
}

static void call_later(void)
{
    always_meet(3);
    must(pthread_once(&once, initialise), "pthread_once");
    lock(&lock_a);
    unlock(&lock_a);
}

int main(void)
{
    RUN_TOGETHER(call_first, call_later, call_later);
    return end();
}
