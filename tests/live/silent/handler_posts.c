/* All threads wait, until an interval timer's signal handler posts.
 * verdict: silent */
#include <signal.h>
#include <sys/time.h>
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

static sem_t units;

static void post(int number)
{
    (void)number;
    sem_post(&units);
}

static void wait_for_unit(void)
{
    while (sem_wait(&units) != 0)
        must_be(errno == EINTR, "it is only interrupted");
    post_semaphore(&units);
}

int main(void)
{
    const struct itimerval once = {.it_value.tv_usec = 300000};

    init_semaphore(&units, 0);
    signal(SIGALRM, post);
    must(setitimer(ITIMER_REAL, &once, NULL), "setitimer");
    RUN_TOGETHER(wait_for_unit, wait_for_unit);
    return end();
}
