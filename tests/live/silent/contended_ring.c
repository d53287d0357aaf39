/* Many threads take neighbouring mutexes in rank order, over and over: the wait-for graph changes
 * all the time and never has a circle.
 * verdict: silent */
#include "tests/live/live.h"

enum { THREADS = 8, ROUNDS = 5000 };

static pthread_mutex_t locks[THREADS];

static void take_neighbours(int number)
{
    int next = (number + 1) % THREADS;
    int first = number < next ? number : next;
    int second = number < next ? next : number;

    for (int i = 0; i < ROUNDS; i++) {
        lock(&locks[first]);
        lock(&locks[second]);
        unlock(&locks[first]);
        unlock(&locks[second]);
    }
}

int main(void)
{
    for (int i = 0; i < THREADS; i++)
        must(pthread_mutex_init(&locks[i], NULL), "pthread_mutex_init");
    run_numbered(take_neighbours, THREADS);
    return end();
}
