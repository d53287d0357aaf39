/* Five philosophers, but each takes the fork of the lower number first.
 * verdict: clean */
#include "tests/programs/support.h"

#define SEATS 5

static pthread_mutex_t forks[SEATS] = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
};
static int next_seat;

static void dine(void)
{
    int left = next_seat++;
    int right = (left + 1) % SEATS;

    nest(&forks[left < right ? left : right], &forks[left < right ? right : left]);
}

int main(void)
{
    RUN_IN_TURN(dine, dine, dine, dine, dine);
    puts("done");
    return 0;
}
