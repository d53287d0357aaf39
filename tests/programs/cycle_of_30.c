/* Thirty threads, each takes one lock and then the next, all in a circle.
 * verdict: finding locks=ring* steps=30 */
#include "tests/programs/support.h"

#define LOCKS 30

static pthread_mutex_t ring[LOCKS];
static int next_lock;

static void take_one_and_the_next(void)
{
    int i = next_lock++;

    nest(&ring[i], &ring[(i + 1) % LOCKS]);
}

int main(void)
{
    body_function bodies[LOCKS];

    for (int i = 0; i < LOCKS; i++) {
        must(pthread_mutex_init(&ring[i], NULL), "pthread_mutex_init");
        bodies[i] = take_one_and_the_next;
    }
    run_in_turn(bodies, LOCKS);
    puts("done");
    return 0;
}
