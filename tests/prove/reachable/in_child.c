/* The two orders are those of a child process's threads.
 * verdict: finding locks=lock_a,lock_b process=2
 * processes: 2 */
#include <sys/wait.h>
#include "tests/prove/prove.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by both */

static void a_then_b(void)
{
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
}

static void b_then_a(void)
{
    lock(&lock_b);
    lock(&lock_a);
    sum += 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(void)
{
    pid_t child = fork();
    int status;

    must_be(child >= 0, "fork works");
    if (child == 0) {
        RUN_APART(APART_MS, a_then_b, b_then_a);
        exit((int)sum);
    }
    must_be(waitpid(child, &status, 0) == child, "waitpid works");
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 3)
        return 1; /* it was ended in its deadlock: there is no result */
    return finish(WEXITSTATUS(status), 3);
}
