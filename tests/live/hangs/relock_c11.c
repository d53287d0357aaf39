/* A plain C11 mutex is locked twice by one thread.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=take_twice */
#include <threads.h>
#include "tests/live/live.h"

static mtx_t lock_a;

static NOINLINE void take_twice(void)
{
    must_be(mtx_lock(&lock_a) == thrd_success, "mtx_lock");
    if (!is_fixed)
        must_be(mtx_lock(&lock_a) == thrd_success, "mtx_lock");
    must_be(mtx_unlock(&lock_a) == thrd_success, "mtx_unlock");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must_be(mtx_init(&lock_a, mtx_plain) == thrd_success, "mtx_init");
    take_twice();
    return end();
}
