/* A thread ends while it holds a mutex; nobody takes that one again. The program goes on.
 * verdict: finding locks=lock_a,lock_b
 * misuse: exit-holding */
#include "tests/programs/support.h"

static pthread_mutex_t lost = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b_and_keep_one(void)
{
    nest(&lock_a, &lock_b);
    pthread_mutex_lock(&lost);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(a_then_b_and_keep_one, b_then_a);
    puts("done");
    return 0;
}
