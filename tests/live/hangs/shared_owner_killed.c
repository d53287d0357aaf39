/* A process is killed while it holds a process-shared mutex that is not robust. The twin's is.
 * verdict: deadlock
 * threads: 1
 * wait: thread=main in=take_a */
#include <signal.h>
#include "tests/live/live.h"
#include "tests/programs/processes.h"

static NOINLINE void take_a(void)
{
    int error = pthread_mutex_lock(&shared->a);

    if (error == EOWNERDEAD)
        error = pthread_mutex_consistent(&shared->a);
    must(error, "pthread_mutex_lock");
    unlock(&shared->a);
}

static void kill_a_child_that_holds_a(void)
{
    int status;
    pid_t child = fork();

    must_be(child >= 0, "fork");
    if (child == 0) {
        lock(&shared->a);
        end_shared_turn();
        pause();
    }
    wait_for_shared_turn(1);
    must(kill(child, SIGKILL), "kill");
    must_be(waitpid(child, &status, 0) == child && WIFSIGNALED(status), "the child is killed");
}

int main(int argc, char **argv)
{
    pthread_mutexattr_t *attributes = process_shared();

    begin(argc, argv);
    shared = map_shared(-1);
    if (is_fixed)
        must(pthread_mutexattr_setrobust(attributes, PTHREAD_MUTEX_ROBUST), "set the attribute");
    must(pthread_mutex_init(&shared->a, attributes), "pthread_mutex_init");
    kill_a_child_that_holds_a();
    take_a();
    return end();
}
