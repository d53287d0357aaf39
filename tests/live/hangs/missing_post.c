/* Two units are waited for and one is posted, by a thread that has ended.
 * verdict: deadlock
 * threads: 1
 * wait: thread=main wants=units* in=take_two */
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

static sem_t units;

static void post(void)
{
    post_semaphore(&units);
    if (is_fixed)
        post_semaphore(&units);
}

static NOINLINE void take_two(void)
{
    wait_semaphore(&units);
    wait_semaphore(&units);
    puts("both");
}

int main(int argc, char **argv)
{
    static const body_function body = post;

    begin(argc, argv);
    init_semaphore(&units, 0);
    must(pthread_join(start(&body), NULL), "pthread_join");
    take_two();
    return end();
}
