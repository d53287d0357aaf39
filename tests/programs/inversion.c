/* One thread takes lock_a then lock_b, another lock_b then lock_a.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    pthread_mutex_lock(&lock_a);
    pthread_mutex_lock(&lock_b);
    pthread_mutex_unlock(&lock_b);
    pthread_mutex_unlock(&lock_a);
}

static void b_then_a(void)
{
    pthread_mutex_lock(&lock_b);
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    pthread_mutex_unlock(&lock_b);
}

int main(void)
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
