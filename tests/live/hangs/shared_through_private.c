/* The way from one process-shared mutex to the other leads through a mutex that is one process's
 * own: its thread that holds b wants that, and the one that holds that wants a.
 * verdict: deadlock
 * threads: 3
 * wait: in=a_then_b
 * wait: in=b_then_own
 * wait: in=own_then_a */
#include "tests/live/live.h"
#include "tests/programs/processes.h"

static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;

static void meet_all(void)
{
    if (is_fixed)
        return;
    end_shared_turn();
    wait_for_shared_turn(3);
}

static void hold_both(pthread_mutex_t *first, pthread_mutex_t *second)
{
    lock(first);
    meet_all();
    lock(second);
    unlock(second);
    unlock(first);
}

static NOINLINE void a_then_b(void)
{
    hold_both(&shared->a, &shared->b);
}

static NOINLINE void b_then_own(void)
{
    hold_both(&shared->b, &own);
}

static NOINLINE void own_then_a(void)
{
    if (is_fixed)
        hold_both(&shared->a, &own);
    else
        hold_both(&own, &shared->a);
}

static void run_child(void)
{
    const body_function body = b_then_own;
    pthread_t thread = start(&body);

    own_then_a();
    must(pthread_join(thread, NULL), "pthread_join");
}

int main(int argc, char **argv)
{
    pid_t child;

    begin(argc, argv);
    shared = map_shared(-1);
    init_a(shared);
    init_b(shared);
    child = fork();
    must_be(child >= 0, "fork");
    if (child == 0) {
        run_child();
        exit(0);
    }
    a_then_b();
    end_well(child);
    return end();
}
