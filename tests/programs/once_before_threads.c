/* The once routine takes a lock, but it has run before there was a second thread.
 * verdict: clean dismissed=ordered */
#include "tests/programs/support.h"

static pthread_once_t control = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void take_a(void)
{
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
}

static void call_with_a(void)
{
    pthread_mutex_lock(&lock_a);
    must(pthread_once(&control, take_a), "pthread_once");
    pthread_mutex_unlock(&lock_a);
}

int main(void)
{
    must(pthread_once(&control, take_a), "pthread_once");
    RUN_IN_TURN(call_with_a, call_with_a);
    puts("done");
    return 0;
}
