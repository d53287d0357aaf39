/* A recursive mutex taken twice and released once is still held.
 * verdict: finding locks=outer,lock_b
 * step: holds=outer requests=lock_b in=still_held_after_one_unlock
 * step: holds=lock_b requests=outer in=b_then_outer */
#include "tests/programs/support.h"

static pthread_mutex_t outer;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void still_held_after_one_unlock(void)
{
    pthread_mutex_lock(&outer);
    pthread_mutex_lock(&outer);
    pthread_mutex_unlock(&outer);
    pthread_mutex_lock(&lock_b);
    pthread_mutex_unlock(&lock_b);
    pthread_mutex_unlock(&outer);
}

static void b_then_outer(void)
{
    nest(&lock_b, &outer);
}

int main(void)
{
    init_mutex_of_type(&outer, PTHREAD_MUTEX_RECURSIVE);
    RUN_IN_TURN(still_held_after_one_unlock, b_then_outer);
    puts("done");
    return 0;
}
