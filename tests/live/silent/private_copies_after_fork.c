/* The two mutexes of two processes that each hold their own copy: private memory after a fork, so
 * what looks like one circle is none.
 * verdict: silent */
#include <sys/wait.h>
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

int main(void)
{
    int status;
    pid_t child = fork();

    must_be(child >= 0, "fork");
    if (child == 0) {
        hold_two(&lock_b, &lock_a, 1);
        _exit(0);
    }
    hold_two(&lock_a, &lock_b, 1);
    must_be(waitpid(child, &status, 0) == child && status == 0, "the child ends well");
    return end();
}
