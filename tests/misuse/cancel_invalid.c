/* A thread is cancelled that was joined before. One that has ended and was not joined may be.
 * misuse: cancel-invalid in=bad,main
 * silent: fixed handle_used_again */
#include "tests/misuse/misuse.h"

static void *quick(void *unused)
{
    end_turn();
    return unused;
}

static NOINLINE void bad(void)
{
    pthread_t thread = start(quick, NULL);
    join(thread);
    must(pthread_cancel(thread), "cancel");
}

static void fixed(void)
{
    pthread_t thread = start(quick, NULL);
    wait_for_turn(1);
    must(pthread_cancel(thread), "cancel");
    join(thread);
}

/* The next thread lies where the last one was. */
static void handle_used_again(void)
{
    for (int i = 0; i < 3; i++)
        fixed();
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"handle_used_again", handle_used_again})
