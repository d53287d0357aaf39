/* A barrier is destroyed by a thread that did not wait at it, before it joins those who did: only
 * their being quick makes it work.
 * misuse: barrier-destroy-unsynchronised object=barrier in=bad,main
 * options: +barrier-destroy-unsynchronised
 * silent: fixed took_part */
#include "tests/misuse/misuse.h"

static pthread_barrier_t barrier;

static void *meet(void *unused)
{
    pthread_barrier_wait(&barrier);
    end_turn();
    return unused;
}

static NOINLINE void bad(void)
{
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_t one = start(meet, NULL), other = start(meet, NULL);
    wait_for_turn(2);
    must(pthread_barrier_destroy(&barrier), "destroy");
    join(one);
    join(other);
}

static void fixed(void)
{
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_t one = start(meet, NULL), other = start(meet, NULL);
    join(one);
    join(other);
    pthread_barrier_destroy(&barrier);
}

static void took_part(void)
{
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_t other = start(meet, NULL);
    pthread_barrier_wait(&barrier);
    pthread_barrier_destroy(&barrier);
    join(other);
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"took_part", took_part})
