/* A recursive mutex taken again, inside another lock, by the thread that has it: that never waits,
 * so it is no order.
 * verdict: clean */
#include "tests/programs/support.h"

static pthread_mutex_t outer;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void take_outer_again_inside(void)
{
    pthread_mutex_lock(&outer);
    pthread_mutex_lock(&lock_b);
    pthread_mutex_lock(&outer);
    pthread_mutex_unlock(&outer);
    pthread_mutex_unlock(&lock_b);
    pthread_mutex_unlock(&outer);
}

int main(void)
{
    init_mutex_of_type(&outer, PTHREAD_MUTEX_RECURSIVE);
    RUN_IN_TURN(take_outer_again_inside, take_outer_again_inside);
    puts("done");
    return 0;
}
