/* A thread is detached twice.
 * misuse: join-detached in=bad,main
 * silent: fixed checked */
#include "tests/misuse/misuse.h"

static void *wait_for_end(void *unused)
{
    wait_for_turn(1);
    return unused;
}

static void bad(void)
{
    pthread_t thread = start(wait_for_end, NULL);
    must(pthread_detach(thread), "detach");
    pthread_detach(thread);
    end_turn();
}

static void fixed(void)
{
    must(pthread_detach(start(wait_for_end, NULL)), "detach");
    end_turn();
}

static void checked(void)
{
    pthread_t thread = start(wait_for_end, NULL);
    must(pthread_detach(thread), "detach");
    must_be(pthread_join(thread, NULL) == EINVAL, "it is detached");
    end_turn();
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"checked", checked})
