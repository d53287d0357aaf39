/* The thread that will signal waits for another process's byte.
 * verdict: silent */
#include <sys/wait.h>
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_changed;

static void wait_for_change(void)
{
    lock(&lock_a);
    while (!is_changed)
        must(pthread_cond_wait(&changed, &lock_a), "pthread_cond_wait");
    unlock(&lock_a);
}

static void change(void)
{
    lock(&lock_a);
    is_changed = true;
    must(pthread_cond_signal(&changed), "pthread_cond_signal");
    unlock(&lock_a);
}

static int ends_of_pipe[2];

static void change_when_told(void)
{
    char byte;

    must_be(read(ends_of_pipe[0], &byte, 1) == 1, "a byte comes");
    change();
}

int main(void)
{
    pid_t child;

    must(pipe(ends_of_pipe), "pipe");
    child = fork();
    must_be(child >= 0, "fork");
    if (child == 0) {
        usleep(300000);
        _exit(write(ends_of_pipe[1], "x", 1) == 1 ? 0 : 1);
    }
    RUN_TOGETHER(change_when_told, wait_for_change);
    must_be(waitpid(child, NULL, 0) == child, "waitpid");
    return end();
}
