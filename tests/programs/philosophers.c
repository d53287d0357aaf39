/* Five philosophers take the left fork, then the right one; they dine one after the other.
 * verdict: finding locks=forks* steps=5 */
#include "tests/programs/support.h"

#define SEATS 5

static pthread_mutex_t forks[SEATS] = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
};
static int next_seat;

static void dine(void)
{
    int seat = next_seat++;

    for (int meal = 0; meal < 10; meal++)
        nest(&forks[seat], &forks[(seat + 1) % SEATS]);
}

int main(void)
{
    RUN_IN_TURN(dine, dine, dine, dine, dine);
    puts("done");
    return 0;
}
