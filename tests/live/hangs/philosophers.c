/* Five philosophers hold the left fork and want the right one. In the twin one is left-handed.
 * verdict: deadlock
 * threads: 5
 * wait: thread=main holds=forks?4? wants=forks?0? in=dine
 * wait: holds=forks?0? wants=forks?1? in=dine */
#include "tests/live/live.h"

enum { SEATS = 5 };

static pthread_mutex_t forks[SEATS];

static void dine(int number)
{
    int next = (number + 1) % SEATS;

    if (is_fixed && next < number)
        hold_two(&forks[next], &forks[number], SEATS);
    else
        hold_two(&forks[number], &forks[next], SEATS);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    for (int i = 0; i < SEATS; i++)
        must(pthread_mutex_init(&forks[i], NULL), "pthread_mutex_init");
    run_numbered(dine, SEATS);
    return end();
}
