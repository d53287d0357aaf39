/* The parent takes one order and forks; the child has both orders, the parent only its own.
 * processes: 2
 * verdict: finding locks=lock_a,lock_b process=2
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
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
    pid_t child;

    a_then_b();
    child = fork();
    must_be(child >= 0, "fork");
    if (child == 0) {
        RUN_IN_TURN(a_then_b, b_then_a);
        return 0;
    }
    must_be(waitpid(child, &status, 0) == child && status == 0, "the child ends well");
    puts("done");
    return 0;
}
