/* A C11 mutex is unlocked by a thread that did not lock it.
 * misuse: unlock-not-owner object=lock in=stranger,run_body,while_held,bad
 * silent: fixed */
#include <threads.h>

#include "tests/misuse/misuse.h"

static mtx_t lock;

/* It lives until the stranger is done. */
static void owner(void)
{
    mtx_lock(&lock);
    end_turn();
    wait_for_turn(2);
}

static NOINLINE void stranger(void)
{
    mtx_unlock(&lock);
}

static void owner_and_back(void)
{
    mtx_lock(&lock);
    mtx_unlock(&lock);
}

static void bad(void)
{
    must_be(mtx_init(&lock, mtx_plain) == thrd_success, "init");
    RUN_IN_TURN(owner, stranger);
}

static void fixed(void)
{
    must_be(mtx_init(&lock, mtx_plain) == thrd_success, "init");
    RUN_IN_TURN(owner_and_back, owner_and_back);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
