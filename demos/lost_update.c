/* A lost update.
 *
 * Wrong: x is 100, and a hundred threads take one each. Taking one is to read x, to subtract, and
 * to write x back; whoever reads before the others have written overwrites what they wrote. Here
 * all read first, which stands for bad luck: 99 are left, not 0.
 * Right: read and write under one lock, as in lost_update_locked.
 *
 * Expect: clean, not yet judged: this is a data race, and this version judges the order of locks
 * only.
 * verdict: clean */
#include <pthread.h>
#include "demos/demo.h"

#define THREADS 100

static int x = THREADS;

static void *take_one(void *unused)
{
    (void)unused;
    int value = x;
    demo_end_turn();
    demo_wait_turn(THREADS); /* everyone has read */
    x = value - 1;
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        demo_must(pthread_create(&threads[i], NULL, take_one, NULL), "start a thread");
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("%d threads took one each of %d: %d left\n", THREADS, THREADS, x);
    return 0;
}
