/* A process is killed while it holds a process-shared mutex for which another waits already. The
 * twin's mutex is robust.
 * verdict: deadlock
 * threads: 1
 * wait: thread=main in=take_a */
#include <signal.h>
#include "tests/live/live.h"
#include "tests/programs/processes.h"

static pid_t child;

static NOINLINE void take_a(void)
{
    int error = pthread_mutex_lock(&shared->a);

    if (error == EOWNERDEAD)
        error = pthread_mutex_consistent(&shared->a);
    must(error, "pthread_mutex_lock");
    unlock(&shared->a);
}

static void kill_the_owner(void)
{
    int status;

    wait_for_shared_turn(2);
    usleep(200000); /* the first thread sleeps by now; earlier, this is shared_owner_killed */
    must(kill(child, SIGKILL), "kill");
    must_be(waitpid(child, &status, 0) == child && WIFSIGNALED(status), "the child is killed");
}

static void be_owner(void)
{
    lock(&shared->a);
    end_shared_turn();
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    const body_function killer = kill_the_owner;
    pthread_mutexattr_t *attributes = process_shared();
    pthread_t thread;

    begin(argc, argv);
    shared = map_shared(-1);
    if (is_fixed)
        must(pthread_mutexattr_setrobust(attributes, PTHREAD_MUTEX_ROBUST), "set the attribute");
    must(pthread_mutex_init(&shared->a, attributes), "pthread_mutex_init");
    child = fork();
    must_be(child >= 0, "fork");
    if (child == 0)
        be_owner();
    wait_for_shared_turn(1);
    thread = start(&killer);
    end_shared_turn();
    take_a();
    must(pthread_join(thread, NULL), "pthread_join");
    return end();
}
