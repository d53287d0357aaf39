/* A process-shared mutex is locked twice by one thread.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main in=take_twice */
#include "tests/live/live.h"
#include "tests/programs/processes.h"

static NOINLINE void take_twice(void)
{
    lock(&shared->a);
    if (!is_fixed)
        lock(&shared->a);
    unlock(&shared->a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    shared = map_shared(-1);
    init_a(shared);
    take_twice();
    return end();
}
