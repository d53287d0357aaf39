/* Two C11 mutexes.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include <threads.h>
#include "tests/live/live.h"

static mtx_t lock_a, lock_b;

static void take_both(mtx_t *outer, mtx_t *inner)
{
    must_be(mtx_lock(outer) == thrd_success, "mtx_lock");
    meet(2);
    must_be(mtx_lock(inner) == thrd_success, "mtx_lock");
    must_be(mtx_unlock(inner) == thrd_success, "mtx_unlock");
    must_be(mtx_unlock(outer) == thrd_success, "mtx_unlock");
}

static void a_then_b(void)
{
    take_both(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        take_both(&lock_b, &lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must_be(mtx_init(&lock_a, mtx_plain) == thrd_success, "mtx_init");
    must_be(mtx_init(&lock_b, mtx_timed) == thrd_success, "mtx_init");
    RUN_TOGETHER(a_then_b, b_then_a);
    return end();
}
