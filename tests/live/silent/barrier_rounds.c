/* Threads meet at a barrier again and again, each time after they took a mutex.
 * verdict: silent */
#include "tests/live/live.h"

enum { PARTIES = 4, ROUNDS = 300 };

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t gate;

static void go_round(int number)
{
    for (int i = 0; i < ROUNDS; i++) {
        lock(&lock_a);
        if (i % PARTIES == number)
            usleep(100);
        unlock(&lock_a);
        pthread_barrier_wait(&gate);
    }
}

int main(void)
{
    must(pthread_barrier_init(&gate, NULL, PARTIES), "pthread_barrier_init");
    run_numbered(go_round, PARTIES);
    return end();
}
