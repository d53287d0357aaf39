/* Both orders, but one thread only tries its second lock and would back off.
 * verdict: clean dismissed=trylock */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_try_b(void)
{
    pthread_mutex_lock(&lock_a);
    must(pthread_mutex_trylock(&lock_b), "try lock_b");
    pthread_mutex_unlock(&lock_b);
    pthread_mutex_unlock(&lock_a);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(a_then_try_b, b_then_a);
    puts("done");
    return 0;
}
