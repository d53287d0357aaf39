/* Three locks in a circle.
 *
 * Wrong: each of the three services is right on its own, and every pair of them is too; but orders
 * takes stock, stock takes payments, and payments takes orders. Three threads, each with its first
 * lock, wait for one another.
 * Right: rank the three locks and take them by rank.
 *
 * Expect: a finding, one cycle of three steps: orders, stock, payments.
 * verdict: finding locks=orders,stock,payments */
#include <pthread.h>
#include "demos/demo.h"

static pthread_mutex_t orders = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t stock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t payments = PTHREAD_MUTEX_INITIALIZER;

static void *place_order(void *unused)
{
    (void)unused;
    demo_hope_for_turn(0);
    pthread_mutex_lock(&orders);
    pthread_mutex_lock(&stock);
    printf("an order reserves its stock\n");
    pthread_mutex_unlock(&stock);
    pthread_mutex_unlock(&orders);
    demo_end_turn();
    return NULL;
}

static void *buy_stock(void *unused)
{
    (void)unused;
    demo_hope_for_turn(1);
    pthread_mutex_lock(&stock);
    pthread_mutex_lock(&payments);
    printf("new stock is paid for\n");
    pthread_mutex_unlock(&payments);
    pthread_mutex_unlock(&stock);
    demo_end_turn();
    return NULL;
}

static void *settle_payment(void *unused)
{
    (void)unused;
    demo_hope_for_turn(2);
    pthread_mutex_lock(&payments);
    pthread_mutex_lock(&orders);
    printf("a payment closes its order\n");
    pthread_mutex_unlock(&orders);
    pthread_mutex_unlock(&payments);
    demo_end_turn();
    return NULL;
}

int main(void)
{
    pthread_t threads[3];

    demo_must(pthread_create(&threads[0], NULL, place_order, NULL), "start a thread");
    demo_must(pthread_create(&threads[1], NULL, buy_stock, NULL), "start a thread");
    demo_must(pthread_create(&threads[2], NULL, settle_payment, NULL), "start a thread");
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("the shop closes\n");
    return 0;
}
