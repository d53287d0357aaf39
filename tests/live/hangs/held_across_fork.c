/* A thread holds a mutex while main forks; the child, where that thread is not, wants the mutex.
 * The twin forks when nobody holds it.
 * verdict: deadlock
 * threads: 1
 * wait: wants=lock_a in=take_a_in_the_child */
#include <sys/wait.h>
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void hold_while_it_forks(void)
{
    lock(&lock_a);
    if (is_fixed)
        unlock(&lock_a);
    always_meet(2);
    always_meet(2);
    if (!is_fixed)
        unlock(&lock_a);
}

static NOINLINE void take_a_in_the_child(void)
{
    lock(&lock_a);
    unlock(&lock_a);
}

/* Gives the child's exit status. */
static int fork_and_wait(void)
{
    int status;
    pid_t child = fork();

    must_be(child >= 0, "fork");
    if (child == 0) {
        take_a_in_the_child();
        _exit(0);
    }
    must_be(waitpid(child, &status, 0) == child && WIFEXITED(status), "the child ends");
    return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
    static const body_function body = hold_while_it_forks;
    pthread_t thread;
    int status;

    begin(argc, argv);
    thread = start(&body);
    always_meet(2);
    status = fork_and_wait();
    always_meet(2);
    must(pthread_join(thread, NULL), "pthread_join");
    return status == 0 ? end() : status;
}
