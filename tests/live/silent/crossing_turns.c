/* Two threads take two mutexes in opposite orders, one after the other, over and over: what one
 * held a moment ago the other one wants now.
 * verdict: silent */
#include "tests/live/live.h"

enum { ROUNDS = 3000 };

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void take_both(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    for (int i = 0; i < ROUNDS; i++) {
        lock(&gate);
        hold_two(outer, inner, 1);
        unlock(&gate);
        lock(outer);
        unlock(outer);
    }
}

static void a_then_b(void)
{
    take_both(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    take_both(&lock_b, &lock_a);
}

int main(void)
{
    RUN_TOGETHER(a_then_b, b_then_a, a_then_b, b_then_a);
    return end();
}
