/* All wait on a condition but one, which sleeps most of the time.
 * verdict: silent */
#include "tests/live/live.h"

enum { WAITERS = 4, ROUNDS = 20 };

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int round_number;

static void wait_for_rounds(void)
{
    lock(&lock_a);
    while (round_number < ROUNDS)
        must(pthread_cond_wait(&changed, &lock_a), "pthread_cond_wait");
    unlock(&lock_a);
}

static void sleep_and_signal(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        usleep(20 * 1000);
        lock(&lock_a);
        round_number++;
        must(pthread_cond_broadcast(&changed), "pthread_cond_broadcast");
        unlock(&lock_a);
    }
}

static void run(int number)
{
    if (number == 0)
        sleep_and_signal();
    else
        wait_for_rounds();
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    run_numbered(run, 1 + WAITERS);
    return end();
}
