/* Both threads take the locks in one order in even rounds and in the other one in odd rounds; no
 * round begins before all have ended the last one, by atomic counters.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

#define ROUNDS 20

static int arrived; /* atomic: how many ends of rounds there were, of both threads */
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by both locks */

static NOINLINE void even_round(void)
{
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
}

static NOINLINE void odd_round(void)
{
    lock(&lock_b);
    lock(&lock_a);
    sum += 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

static void play(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        if (round % 2 == 0)
            even_round();
        else
            odd_round();
        __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
        while (__atomic_load_n(&arrived, __ATOMIC_SEQ_CST) < 2 * (round + 1))
            usleep(50);
    }
}

int main(void)
{
    RUN_APART(0, play, play);
    return finish(sum, 3 * ROUNDS);
}
