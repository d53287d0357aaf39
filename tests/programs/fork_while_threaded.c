/* A thread forks while another one holds both locks; the child, which has fresh locks of its own,
 * and the parent each have an inversion.
 * processes: 2
 * verdict: finding locks=lock_a,lock_b process=1
 * verdict: finding locks=lock_c,lock_d process=2 */
#include <sys/wait.h>
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_c = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_d = PTHREAD_MUTEX_INITIALIZER;

static void hold_a_and_b_meanwhile(void)
{
    pthread_mutex_lock(&lock_a);
    pthread_mutex_lock(&lock_b);
    end_turn();
    wait_for_turn(2);
    pthread_mutex_unlock(&lock_b);
    pthread_mutex_unlock(&lock_a);
}

static void c_then_d(void)
{
    nest(&lock_c, &lock_d);
}

static void d_then_c(void)
{
    nest(&lock_d, &lock_c);
}

static void fork_and_wait(void)
{
    int status;
    pid_t child = fork();

    must_be(child >= 0, "fork");
    if (child == 0) {
        RUN_IN_TURN(c_then_d, d_then_c);
        exit(0);
    }
    must_be(waitpid(child, &status, 0) == child && status == 0, "the child ends well");
}

static void b_then_a(void)
{
    wait_for_turn(3);
    nest(&lock_b, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(hold_a_and_b_meanwhile, fork_and_wait, b_then_a);
    puts("done");
    return 0;
}
