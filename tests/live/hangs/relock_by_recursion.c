/* A function that holds the mutex calls itself. The twin lets go of it first.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=descend */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void descend(int depth)
{
    lock(&lock_a);
    if (is_fixed)
        unlock(&lock_a);
    if (depth > 0)
        descend(depth - 1);
    if (!is_fixed)
        unlock(&lock_a);
}

static void take_twice(void)
{
    descend(3);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    take_twice();
    return end();
}
