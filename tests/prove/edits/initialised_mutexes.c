/* The same with mutexes that main initialises and destroys.
 * complete: recursive-lock single-lock reorder gate-lock try-backoff */
#include <pthread.h>
#include "demos/demo.h"

static pthread_mutex_t lock_A, lock_B;

static void *f1(void *unused)
{
    (void)unused;
    demo_wait_turn(0);
    pthread_mutex_lock(&lock_A);
    pthread_mutex_lock(&lock_B);
    printf("f1 has both\n");
    pthread_mutex_unlock(&lock_B);
    pthread_mutex_unlock(&lock_A);
    demo_end_turn();
    return NULL;
}

static void *f2(void *unused)
{
    (void)unused;
    demo_wait_turn(1);
    pthread_mutex_lock(&lock_B);
    pthread_mutex_lock(&lock_A);
    printf("f2 has both\n");
    pthread_mutex_unlock(&lock_A);
    pthread_mutex_unlock(&lock_B);
    demo_end_turn();
    return NULL;
}

int main(void)
{
    pthread_t threads[2];

    pthread_mutex_init(&lock_A, NULL);
    pthread_mutex_init(&lock_B, NULL);
    demo_must(pthread_create(&threads[0], NULL, f1, NULL), "start a thread");
    demo_must(pthread_create(&threads[1], NULL, f2, NULL), "start a thread");
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&lock_A);
    pthread_mutex_destroy(&lock_B);
    return 0;
}
