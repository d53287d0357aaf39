/* No lost update.
 *
 * Nothing wrong: x is 100, and a hundred threads take one each, as in lost_update; but from reading
 * x to writing it back each has the lock, however long it takes. None are left.
 *
 * Expect: clean.
 * verdict: clean */
#include <pthread.h>
#include "demos/demo.h"

#define THREADS 100

static pthread_mutex_t x_lock = PTHREAD_MUTEX_INITIALIZER;
static int x = THREADS; /* protected by x_lock */

static void *take_one(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&x_lock);
    int value = x;
    sched_yield(); /* gives the others a chance, and they cannot use it */
    x = value - 1;
    pthread_mutex_unlock(&x_lock);
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
