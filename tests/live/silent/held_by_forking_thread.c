/* The thread that forks holds the mutex: in the child it is its owner and gives it back.
 * verdict: silent */
#include <sys/wait.h>
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

int main(void)
{
    int status;
    pid_t child;

    lock(&lock_a);
    child = fork();
    must_be(child >= 0, "fork");
    unlock(&lock_a);
    lock(&lock_a);
    unlock(&lock_a);
    if (child == 0)
        _exit(0);
    must_be(waitpid(child, &status, 0) == child && status == 0, "the child ends well");
    return end();
}
