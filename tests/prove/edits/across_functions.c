/* The inner lock is taken by another function: nothing there can be turned line by
 * line.
 * complete: recursive-lock gate-lock */
#include <pthread.h>
#include "demos/demo.h"

static pthread_mutex_t lock_A = PTHREAD_MUTEX_INITIALIZER, lock_B = PTHREAD_MUTEX_INITIALIZER;
static int total;

static void add_under(pthread_mutex_t *lock, int amount)
{
    pthread_mutex_lock(lock);
    total += amount;
    pthread_mutex_unlock(lock);
}

static void *f1(void *unused)
{
    (void)unused;
    demo_wait_turn(0);
    pthread_mutex_lock(&lock_A);
    add_under(&lock_B, 1);
    pthread_mutex_unlock(&lock_A);
    demo_end_turn();
    return NULL;
}

static void *f2(void *unused)
{
    (void)unused;
    demo_wait_turn(1);
    pthread_mutex_lock(&lock_B);
    add_under(&lock_A, 2);
    pthread_mutex_unlock(&lock_B);
    demo_end_turn();
    return NULL;
}

int main(void)
{
    pthread_t threads[2];

    demo_must(pthread_create(&threads[0], NULL, f1, NULL), "start a thread");
    demo_must(pthread_create(&threads[1], NULL, f2, NULL), "start a thread");
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    printf("%d\n", total);
    return 0;
}
