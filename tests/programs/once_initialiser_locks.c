/* A once routine takes a lock that another thread holds when it calls the once. Here the routine
 * has run by then; had the two met, each would wait for the other.
 * verdict: finding locks=control,lock_a confidence=predicted
 * step: holds=control requests=lock_a in=initialise_first
 * step: holds=lock_a requests=control in=call_with_a */
#include "tests/programs/support.h"

static pthread_once_t control = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void take_a(void)
{
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
}

static void initialise_first(void)
{
    must(pthread_once(&control, take_a), "pthread_once");
}

static void call_with_a(void)
{
    pthread_mutex_lock(&lock_a);
    must(pthread_once(&control, take_a), "pthread_once");
    pthread_mutex_unlock(&lock_a);
}

int main(void)
{
    RUN_IN_TURN(initialise_first, call_with_a);
    puts("done");
    return 0;
}
