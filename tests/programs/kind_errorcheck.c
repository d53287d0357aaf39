/* Error-checking mutexes in both orders.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a;
static pthread_mutex_t lock_b;

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    init_mutex_of_type(&lock_a, PTHREAD_MUTEX_ERRORCHECK);
    init_mutex_of_type(&lock_b, PTHREAD_MUTEX_ERRORCHECK);
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
