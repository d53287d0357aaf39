/* A C11 condition that was signalled before anyone waited for it.
 * verdict: deadlock
 * threads: 1
 * wait: thread=main in=wait_for_it */
#include <threads.h>
#include "tests/live/live.h"

static mtx_t lock_a;
static cnd_t ready;

static NOINLINE void wait_for_it(void)
{
    must_be(mtx_lock(&lock_a) == thrd_success, "mtx_lock");
    if (!is_fixed)
        must_be(cnd_wait(&ready, &lock_a) == thrd_success, "cnd_wait");
    must_be(mtx_unlock(&lock_a) == thrd_success, "mtx_unlock");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must_be(mtx_init(&lock_a, mtx_plain) == thrd_success, "mtx_init");
    must_be(cnd_init(&ready) == thrd_success, "cnd_init");
    must_be(cnd_signal(&ready) == thrd_success, "cnd_signal");
    wait_for_it();
    return end();
}
