/* The initialiser of a C11 once flag takes a lock that another thread holds when it calls once.
 * verdict: finding locks=flag,lock_a
 * step: holds=flag requests=lock_a in=run_body_c11
 * step: holds=lock_a requests=flag in=call_with_a */
#include "tests/programs/c11_support.h"

static once_flag flag = ONCE_FLAG_INIT;
static mtx_t lock_a;

static void take_a(void)
{
    mtx_lock(&lock_a);
    mtx_unlock(&lock_a);
}

static void initialise_first(void)
{
    call_once(&flag, take_a);
}

static void call_with_a(void)
{
    mtx_lock(&lock_a);
    call_once(&flag, take_a);
    mtx_unlock(&lock_a);
}

int main(void)
{
    mtx_init(&lock_a, mtx_plain);
    RUN_IN_TURN_C11(initialise_first, call_with_a);
    puts("done");
    return 0;
}
