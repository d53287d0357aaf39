/* A C11 thread is joined while its joiner holds the mutex that it needs.
 * verdict: finding locks=lock_a,end?of?T2
 * step: thread=main holds=lock_a requests=end?of?T2
 * step: thread=T2 holds=end?of?T2 requests=lock_a */
#include "tests/programs/c11_support.h"

static mtx_t lock_a;

static int take_a(void *unused)
{
    (void)unused;
    mtx_lock(&lock_a);
    mtx_unlock(&lock_a);
    end_turn();
    return 0;
}

int main(void)
{
    thrd_t thread;

    mtx_init(&lock_a, mtx_plain);
    must_be(thrd_create(&thread, take_a, NULL) == thrd_success, "thrd_create");
    wait_for_turn(1);
    mtx_lock(&lock_a);
    must_be(thrd_join(thread, NULL) == thrd_success, "thrd_join");
    mtx_unlock(&lock_a);
    puts("done");
    return 0;
}
