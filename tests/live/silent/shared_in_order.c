/* Processes that contend for process-shared locks always in one order, some of them killed while
 * they hold a robust one, others started meanwhile.
 * verdict: silent */
#include <signal.h>
#include "tests/live/live.h"
#include "tests/programs/processes.h"

enum { CHILDREN = 4, ROUNDS = 3000, KILLED = 20 };

static void take_robust(pthread_mutex_t *mutex)
{
    int error = pthread_mutex_lock(mutex);

    if (error == EOWNERDEAD)
        error = pthread_mutex_consistent(mutex);
    must(error, "pthread_mutex_lock");
}

static void contend(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        take_robust(&shared->gate);
        lock(&shared->a);
        lock(&shared->b);
        unlock(&shared->b);
        unlock(&shared->a);
        unlock(&shared->gate);
        lock(&shared->a);
        unlock(&shared->a);
    }
}

static void hold_and_be_killed(void)
{
    for (;;) {
        take_robust(&shared->gate);
        unlock(&shared->gate);
    }
}

static void kill_some(void)
{
    for (int i = 0; i < KILLED; i++) {
        int status;
        pid_t child = fork();

        must_be(child >= 0, "fork");
        if (child == 0)
            hold_and_be_killed();
        usleep(2000);
        must(kill(child, SIGKILL), "kill");
        must_be(waitpid(child, &status, 0) == child && WIFSIGNALED(status), "it is killed");
    }
}

int main(void)
{
    pid_t children[CHILDREN];
    pthread_mutexattr_t *attributes = process_shared();

    shared = map_shared(-1);
    init_a(shared);
    init_b(shared);
    must(pthread_mutexattr_setrobust(attributes, PTHREAD_MUTEX_ROBUST), "set the attribute");
    must(pthread_mutex_init(&shared->gate, attributes), "pthread_mutex_init");
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        must_be(children[i] >= 0, "fork");
        if (children[i] == 0) {
            contend();
            exit(0);
        }
    }
    kill_some();
    contend();
    for (int i = 0; i < CHILDREN; i++)
        end_well(children[i]);
    return end();
}
