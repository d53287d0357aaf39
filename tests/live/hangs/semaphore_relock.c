/* A semaphore that was used as a lock before is waited for by the thread that has its only unit.
 * verdict: self-deadlock
 * threads: 1
 * wait: thread=main holds=units wants=units in=take_twice */
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

static sem_t units;

static NOINLINE void use_alone(void)
{
    for (int i = 0; i < 20; i++) {
        wait_semaphore(&units);
        post_semaphore(&units);
    }
}

static NOINLINE void take_twice(void)
{
    wait_semaphore(&units);
    if (!is_fixed)
        wait_semaphore(&units);
    post_semaphore(&units);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&units, 1);
    use_alone();
    take_twice();
    return end();
}
