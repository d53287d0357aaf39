/* Two mutexes are destroyed and initialised again at the same addresses between the two orders.
 * They are new locks.
 * verdict: clean */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

static void start_again(void)
{
    must(pthread_mutex_destroy(&lock_a), "pthread_mutex_destroy");
    must(pthread_mutex_destroy(&lock_b), "pthread_mutex_destroy");
    must(pthread_mutex_init(&lock_a, NULL), "pthread_mutex_init");
    must(pthread_mutex_init(&lock_b, NULL), "pthread_mutex_init");
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(a_then_b, start_again, b_then_a);
    puts("done");
    return 0;
}
