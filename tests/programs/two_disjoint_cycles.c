/* Two inversions that have no lock in common.
 * verdict: finding locks=lock_a,lock_b
 * verdict: finding locks=lock_c,lock_d */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_c = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_d = PTHREAD_MUTEX_INITIALIZER;

static void one_way(void)
{
    nest(&lock_a, &lock_b);
    nest(&lock_c, &lock_d);
}

static void the_other_way(void)
{
    nest(&lock_b, &lock_a);
    nest(&lock_d, &lock_c);
}

int main(void)
{
    RUN_IN_TURN(one_way, the_other_way);
    puts("done");
    return 0;
}
