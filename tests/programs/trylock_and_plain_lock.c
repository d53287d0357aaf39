/* The order is seen first with a try, which is harmless, then with a plain lock, which is not.
 * verdict: finding locks=lock_a,lock_b
 * verdict: dismissed=any
 * step: holds=lock_a requests=lock_b in=a_then_plain_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_plain_b(void)
{
    nest(&lock_a, &lock_b);
}

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
    RUN_IN_TURN(a_then_try_b, b_then_a, a_then_plain_b);
    puts("done");
    return 0;
}
