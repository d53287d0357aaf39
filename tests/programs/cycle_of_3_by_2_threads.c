/* The circle of three locks, but one thread takes two of the steps: two threads cannot fill three
 * places, and no two of the locks are ever taken in both orders.
 * verdict: clean dismissed=any */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_c = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b_and_b_then_c(void)
{
    nest(&lock_a, &lock_b);
    nest(&lock_b, &lock_c);
}

static void c_then_a(void)
{
    nest(&lock_c, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(a_then_b_and_b_then_c, c_then_a);
    puts("done");
    return 0;
}
