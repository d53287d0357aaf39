/* A mutex is locked by one thread and unlocked by another. The first does not hold it any more
 * when it takes lock_b, so the other order later is harmless.
 * verdict: clean dismissed=any
 * misuse: unlock-not-owner */
#include "tests/programs/support.h"

static pthread_mutex_t baton = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void lock_the_baton_then_b(void)
{
    pthread_mutex_lock(&baton);
    end_turn();
    wait_for_turn(2);
    pthread_mutex_lock(&lock_b);
    pthread_mutex_unlock(&lock_b);
}

static void unlock_the_baton(void)
{
    pthread_mutex_unlock(&baton);
}

static void b_then_the_baton(void)
{
    wait_for_turn(3);
    nest(&lock_b, &baton);
}

int main(void)
{
    RUN_IN_TURN(lock_the_baton_then_b, unlock_the_baton, b_then_the_baton);
    puts("done");
    return 0;
}
