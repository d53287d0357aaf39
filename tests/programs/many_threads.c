/* Two hundred threads, half of them in either order: one finding, not ten thousand.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

#define THREADS 200

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    body_function bodies[THREADS];

    for (int i = 0; i < THREADS; i++)
        bodies[i] = i % 2 == 0 ? a_then_b : b_then_a;
    run_in_turn(bodies, THREADS);
    puts("done");
    return 0;
}
