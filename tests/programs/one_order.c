/* Two threads nest the same two locks in the same order.
 * verdict: clean */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

int main(void)
{
    RUN_IN_TURN(a_then_b, a_then_b);
    puts("done");
    return 0;
}
