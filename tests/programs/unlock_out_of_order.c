/* lock_a is released before lock_c is taken, though it was taken before lock_b, which is still
 * held: lock_c was never taken under lock_a.
 * verdict: clean dismissed=any */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_c = PTHREAD_MUTEX_INITIALIZER;

static void hand_over_hand(void)
{
    pthread_mutex_lock(&lock_a);
    pthread_mutex_lock(&lock_b);
    pthread_mutex_unlock(&lock_a);
    pthread_mutex_lock(&lock_c);
    pthread_mutex_unlock(&lock_c);
    pthread_mutex_unlock(&lock_b);
}

static void c_then_a(void)
{
    nest(&lock_c, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(hand_over_hand, c_then_a);
    puts("done");
    return 0;
}
