/* An adaptive mutex is locked twice by one thread.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=lock_a wants=lock_a in=take_twice */
#include "tests/live/live.h"

static pthread_mutex_t lock_a;

static NOINLINE void take_twice(void)
{
    lock(&lock_a);
    if (!is_fixed)
        lock(&lock_a);
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_mutex_of_type(&lock_a, PTHREAD_MUTEX_ADAPTIVE_NP);
    take_twice();
    return end();
}
