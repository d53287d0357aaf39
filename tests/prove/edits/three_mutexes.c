/* Three mutexes in a circle.
 * complete: recursive-lock single-lock reorder gate-lock */
#include <pthread.h>
#include "demos/demo.h"

static pthread_mutex_t orders = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t stock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t payments = PTHREAD_MUTEX_INITIALIZER;

static void *order(void *unused)
{
    (void)unused;
    demo_wait_turn(0);
    pthread_mutex_lock(&orders);
    pthread_mutex_lock(&stock);
    printf("order has both\n");
    pthread_mutex_unlock(&stock);
    pthread_mutex_unlock(&orders);
    demo_end_turn();
    return NULL;
}

static void *buy(void *unused)
{
    (void)unused;
    demo_wait_turn(1);
    pthread_mutex_lock(&stock);
    pthread_mutex_lock(&payments);
    printf("buy has both\n");
    pthread_mutex_unlock(&payments);
    pthread_mutex_unlock(&stock);
    demo_end_turn();
    return NULL;
}

static void *settle(void *unused)
{
    (void)unused;
    demo_wait_turn(2);
    pthread_mutex_lock(&payments);
    pthread_mutex_lock(&orders);
    printf("settle has both\n");
    pthread_mutex_unlock(&orders);
    pthread_mutex_unlock(&payments);
    demo_end_turn();
    return NULL;
}

int main(void)
{
    pthread_t threads[3];

    demo_must(pthread_create(&threads[0], NULL, order, NULL), "start a thread");
    demo_must(pthread_create(&threads[1], NULL, buy, NULL), "start a thread");
    demo_must(pthread_create(&threads[2], NULL, settle, NULL), "start a thread");
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
