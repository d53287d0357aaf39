/* All threads wait, until the thread that libc starts for a timer posts.
 * verdict: silent */
#include <signal.h>
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

static sem_t units;

static void post(union sigval value)
{
    (void)value;
    post_semaphore(&units);
}

int main(void)
{
    const struct itimerspec once = {.it_value.tv_nsec = 300000000};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = post};
    timer_t timer;

    init_semaphore(&units, 0);
    must(timer_create(CLOCK_MONOTONIC, &event, &timer), "timer_create");
    must(timer_settime(timer, 0, &once, NULL), "timer_settime");
    wait_semaphore(&units);
    must(timer_delete(timer), "timer_delete");
    return end();
}
