/* A thread is joined twice.
 * misuse: join-invalid in=bad,main
 * silent: fixed checked */
#include "tests/misuse/misuse.h"

static void *nothing(void *unused)
{
    return unused;
}

static void bad(void)
{
    pthread_t thread = start(nothing, NULL);
    join(thread);
    pthread_join(thread, NULL);
}

static void fixed(void)
{
    join(start(nothing, NULL));
}

static void checked(void)
{
    must_be(pthread_join(pthread_self(), NULL) == EDEADLK, "nobody joins himself");
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"checked", checked})
