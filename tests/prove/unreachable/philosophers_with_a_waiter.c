/* Five philosophers, and a waiter who lets four of them at the table at a time: an atomic counter.
 * verdict: finding locks=forks* steps=5 */
#include "tests/prove/prove.h"

#define SEATS 5
#define MEALS 20

static pthread_mutex_t forks[SEATS] = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
};
static int places = SEATS - 1; /* atomic */
static int seats_given;        /* atomic */
static long meals[SEATS];      /* each only its philosopher's */

static void sit_down(void)
{
    int free_places = __atomic_load_n(&places, __ATOMIC_SEQ_CST);

    while (free_places == 0 ||
           !__atomic_compare_exchange_n(&places, &free_places, free_places - 1, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        usleep(50);
        free_places = __atomic_load_n(&places, __ATOMIC_SEQ_CST);
    }
}

static void dine(void)
{
    int seat = __atomic_fetch_add(&seats_given, 1, __ATOMIC_SEQ_CST);

    for (int i = 0; i < MEALS; i++) {
        sit_down();
        lock(&forks[seat]);
        lock(&forks[(seat + 1) % SEATS]);
        meals[seat]++;
        unlock(&forks[(seat + 1) % SEATS]);
        unlock(&forks[seat]);
        __atomic_fetch_add(&places, 1, __ATOMIC_SEQ_CST);
    }
}

int main(void)
{
    long sum = 0;

    RUN_APART(0, dine, dine, dine, dine, dine);
    for (int i = 0; i < SEATS; i++)
        sum += meals[i];
    return finish(sum, SEATS * MEALS);
}
