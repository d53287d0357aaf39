/* The program ends by _exit, which runs nothing at exit; what was recorded is there.
 * verdict: finding locks=lock_a,lock_b */
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
    _exit(7);
}
