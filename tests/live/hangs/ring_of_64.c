/* A circle of 64 threads and 64 mutexes.
 * verdict: deadlock
 * threads: 64
 * wait: thread=main holds=locks?63? wants=locks?0? in=take_own_then_next
 * wait: holds=locks?0? wants=locks?1? in=take_own_then_next */
#include "tests/live/live.h"

enum { THREADS = 64 };

static pthread_mutex_t locks[THREADS];

static void take_own_then_next(int number)
{
    int next = (number + 1) % THREADS;

    if (is_fixed && next < number)
        hold_two(&locks[next], &locks[number], THREADS);
    else
        hold_two(&locks[number], &locks[next], THREADS);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    for (int i = 0; i < THREADS; i++)
        must(pthread_mutex_init(&locks[i], NULL), "pthread_mutex_init");
    run_numbered(take_own_then_next, THREADS);
    return end();
}
