/* The program is killed while a thread holds a lock; what was recorded is there.
 * verdict: finding locks=lock_a,lock_b */
#include <signal.h>
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
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    fflush(stdout);
    pthread_mutex_lock(&lock_a);
    kill(getpid(), SIGKILL);
    return 0;
}
