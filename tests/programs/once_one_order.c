/* Once routines that take locks, one that takes none, and one inside another; nobody calls them
 * with a lock that they need.
 * verdict: clean */
#include "tests/programs/support.h"

static pthread_once_t outer = PTHREAD_ONCE_INIT, inner = PTHREAD_ONCE_INIT,
                      simple = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static int initialised;

static void count(void)
{
    initialised++;
}

static void take_b(void)
{
    count();
    pthread_mutex_lock(&lock_b);
    must(pthread_once(&simple, count), "pthread_once");
    pthread_mutex_unlock(&lock_b);
}

static void call_inner(void)
{
    count();
    must(pthread_once(&inner, take_b), "pthread_once");
}

static void call_with_a(void)
{
    pthread_mutex_lock(&lock_a);
    must(pthread_once(&outer, call_inner), "pthread_once");
    must(pthread_once(&inner, take_b), "pthread_once");
    must(pthread_once(&simple, count), "pthread_once");
    pthread_mutex_unlock(&lock_a);
}

static void b_then_simple(void)
{
    pthread_mutex_lock(&lock_b);
    must(pthread_once(&simple, count), "pthread_once");
    pthread_mutex_unlock(&lock_b);
}

int main(void)
{
    RUN_IN_TURN(call_with_a, b_then_simple, call_with_a);
    printf("%d\n", initialised);
    return 0;
}
