/* lock_a is released out of order; lock_b is still held when lock_c is taken.
 * verdict: finding locks=lock_b,lock_c
 * step: holds=lock_b requests=lock_c in=hand_over_hand
 * step: holds=lock_c requests=lock_b in=c_then_b */
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

static void c_then_b(void)
{
    nest(&lock_c, &lock_b);
}

int main(void)
{
    RUN_IN_TURN(hand_over_hand, c_then_b);
    puts("done");
    return 0;
}
