/* A true inversion of two mutexes that live on the stack of the main thread.
 * verdict: finding locks=*
 * step: in=nest_first_second
 * step: in=nest_second_first */
#include "tests/programs/support.h"

static pthread_mutex_t *locks;

static void nest_first_second(void)
{
    nest(&locks[0], &locks[1]);
}

static void nest_second_first(void)
{
    nest(&locks[1], &locks[0]);
}

int main(void)
{
    pthread_mutex_t on_stack[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};

    locks = on_stack;
    RUN_IN_TURN(nest_first_second, nest_second_first);
    puts("done");
    return 0;
}
