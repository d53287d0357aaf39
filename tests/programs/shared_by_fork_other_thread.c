/* What a thread does that is not the one that forks, may happen after the fork: nothing orders it
 * before the child.
 * processes: 2
 * verdict: finding locks=mutex*init_a*,mutex*init_b* process=1
 * step: thread=process*T2 holds=*init_a* requests=*init_b* in=a_then_b
 * step: thread=process*main holds=*init_b* requests=*init_a* in=b_then_a */
#include "tests/programs/processes.h"

static NOINLINE void a_then_b(void)
{
    nest(&shared->a, &shared->b);
}

static NOINLINE void b_then_a(void)
{
    nest(&shared->b, &shared->a);
}

static void *other_thread(void *unused)
{
    (void)unused;
    a_then_b();
    end_turn();
    return NULL;
}

static void nothing(void)
{
}

int main(void)
{
    pthread_t thread;

    shared = map_shared(-1);
    init_a(shared);
    init_b(shared);
    must(pthread_create(&thread, NULL, other_thread, NULL), "pthread_create");
    wait_for_turn(1);
    run_in_two_processes(nothing, b_then_a);
    must(pthread_join(thread, NULL), "pthread_join");
    return 0;
}
