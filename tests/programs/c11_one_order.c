/* Two C11 mutexes, one of them recursive and taken twice, always in one order.
 * verdict: clean */
#include "tests/programs/c11_support.h"

static mtx_t lock_a, lock_b;

static void a_twice_then_b(void)
{
    mtx_lock(&lock_a);
    nest_c11(&lock_a, &lock_b);
    mtx_unlock(&lock_a);
}

static void b_then_a_when_a_is_held(void)
{
    mtx_lock(&lock_a);
    nest_c11(&lock_b, &lock_a);
    mtx_unlock(&lock_a);
}

int main(void)
{
    mtx_init(&lock_a, mtx_plain | mtx_recursive);
    mtx_init(&lock_b, mtx_plain);
    RUN_IN_TURN_C11(a_twice_then_b, b_then_a_when_a_is_held, a_twice_then_b);
    puts("done");
    return 0;
}
