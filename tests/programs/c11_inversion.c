/* Two C11 mutexes in both orders, by two C11 threads.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/c11_support.h"

static mtx_t lock_a, lock_b;

static void a_then_b(void)
{
    nest_c11(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    nest_c11(&lock_b, &lock_a);
}

int main(void)
{
    mtx_init(&lock_a, mtx_plain);
    mtx_init(&lock_b, mtx_timed);
    RUN_IN_TURN_C11(a_then_b, b_then_a);
    mtx_destroy(&lock_a);
    mtx_destroy(&lock_b);
    puts("done");
    return 0;
}
