/* One order in the parent, the other in the child: they have a copy each of the two locks.
 * processes: 2
 * verdict: clean dismissed=any */
#include <sys/wait.h>
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    int status;
    pid_t child = fork();

    must_be(child >= 0, "fork");
    if (child == 0) {
        RUN_IN_TURN(b_then_a, b_then_a);
        return 0;
    }
    RUN_IN_TURN(a_then_b, a_then_b);
    must_be(waitpid(child, &status, 0) == child && status == 0, "the child ends well");
    puts("done");
    return 0;
}
