/* Two processes hold one process-shared mutex each and want the other's.
 * verdict: deadlock
 * threads: 2
 * wait: in=a_then_b
 * wait: in=b_then_a */
#include "tests/live/live.h"
#include "tests/programs/processes.h"

/* Both hold their first: counted in the memory that both of them see. */
static void meet_the_other_process(void)
{
    if (is_fixed)
        return;
    end_shared_turn();
    wait_for_shared_turn(2);
}

static void hold_both(pthread_mutex_t *first, pthread_mutex_t *second)
{
    lock(first);
    meet_the_other_process();
    lock(second);
    unlock(second);
    unlock(first);
}

static NOINLINE void a_then_b(void)
{
    hold_both(&shared->a, &shared->b);
}

static NOINLINE void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        hold_both(&shared->b, &shared->a);
}

int main(int argc, char **argv)
{
    int status;
    pid_t child;

    begin(argc, argv);
    shared = map_shared(-1);
    init_a(shared);
    init_b(shared);
    child = fork();
    must_be(child >= 0, "fork");
    if (child == 0) {
        b_then_a();
        _exit(0);
    }
    a_then_b();
    must_be(waitpid(child, &status, 0) == child && WIFEXITED(status), "the child ends");
    return WEXITSTATUS(status) == 0 ? end() : WEXITSTATUS(status);
}
