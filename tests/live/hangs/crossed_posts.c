/* Two threads wait for each other's post before they post themselves.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main wants=second* in=wait_for_second
 * wait: wants=first* in=wait_for_first */
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

static sem_t first, second;

static void wait_for_first(void)
{
    if (is_fixed)
        post_semaphore(&second);
    wait_semaphore(&first);
    if (!is_fixed)
        post_semaphore(&second);
}

static void wait_for_second(void)
{
    wait_semaphore(&second);
    post_semaphore(&first);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&first, 0);
    init_semaphore(&second, 0);
    RUN_TOGETHER(wait_for_first, wait_for_second);
    return end();
}
