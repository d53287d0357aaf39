/* Three threads, three locks: no two of them in both orders, all three in a circle.
 * verdict: finding locks=lock_a,lock_b,lock_c
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_c in=b_then_c
 * step: holds=lock_c requests=lock_a in=c_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_c = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

static void b_then_c(void)
{
    nest(&lock_b, &lock_c);
}

static void c_then_a(void)
{
    nest(&lock_c, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(a_then_b, b_then_c, c_then_a);
    puts("done");
    return 0;
}
