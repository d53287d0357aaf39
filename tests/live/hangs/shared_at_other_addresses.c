/* Two programs, one of them started by exec, map the same file at different addresses; each holds
 * one mutex in it and wants the other.
 * verdict: deadlock
 * threads: 2
 * wait: in=a_then_b
 * wait: in=b_then_a */
#include "tests/live/live.h"
#include "tests/programs/processes.h"

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

static int run_second(int file)
{
    must_be(map_shared(-1) != NULL, "another mapping takes the place");
    shared = map_shared(file);
    b_then_a();
    return 0;
}

int main(int argc, char **argv)
{
    char number[16], state[] = "fixed";
    int file;
    pid_t child;

    begin(argc, argv);
    if (argc > 2)
        return run_second(atoi(argv[2]));
    file = memfd_create("shared", 0);
    must_be(file >= 0 && ftruncate(file, SHARED_BYTES) == 0, "memfd_create");
    shared = map_shared(file);
    init_a(shared);
    init_b(shared);
    snprintf(number, sizeof number, "%d", file);
    if (!is_fixed)
        strcpy(state, "hangs");
    child = fork();
    must_be(child >= 0, "fork");
    if (child == 0) {
        execl("/proc/self/exe", argv[0], state, number, NULL);
        _exit(127);
    }
    a_then_b();
    end_well(child);
    return end();
}
