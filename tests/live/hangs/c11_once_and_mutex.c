/* The initialiser of a C11 call_once wants a mutex whose holder calls the same one.
 * verdict: deadlock
 * threads: 2
 * wait: wants=lock_a in=initialise
 * wait: thread=main holds=lock_a in=call_under_a */
#include <threads.h>
#include "tests/live/live.h"

static once_flag flag = ONCE_FLAG_INIT;
static mtx_t lock_a;

static NOINLINE void initialise(void)
{
    meet(2);
    must_be(mtx_lock(&lock_a) == thrd_success, "mtx_lock");
    must_be(mtx_unlock(&lock_a) == thrd_success, "mtx_unlock");
}

static NOINLINE void call_first(void)
{
    call_once(&flag, initialise);
    puts("called");
}

static void call_under_a(void)
{
    if (is_fixed)
        call_once(&flag, initialise);
    must_be(mtx_lock(&lock_a) == thrd_success, "mtx_lock");
    meet(2);
    call_once(&flag, initialise);
    must_be(mtx_unlock(&lock_a) == thrd_success, "mtx_unlock");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must_be(mtx_init(&lock_a, mtx_plain) == thrd_success, "mtx_init");
    RUN_TOGETHER(call_first, call_under_a);
    return end();
}
