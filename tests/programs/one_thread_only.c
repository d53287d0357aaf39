/* Both orders, but one thread alone takes them; the other takes neither lock inside the other.
 * verdict: clean dismissed=single-thread */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void both_orders(void)
{
    nest(&lock_a, &lock_b);
    nest(&lock_b, &lock_a);
}

static void one_at_a_time(void)
{
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    pthread_mutex_lock(&lock_b);
    pthread_mutex_unlock(&lock_b);
}

int main(void)
{
    RUN_IN_TURN(both_orders, one_at_a_time);
    puts("done");
    return 0;
}
