/* Two reader-writer locks, two orders.
 *
 * Wrong: a lookup reads the catalogue, then the prices; an update writes the prices, then the
 * catalogue. Many lookups at once do no harm, but one lookup that has the catalogue waits for an
 * update that has the prices, and the update waits for it to stop reading.
 * Right: take the catalogue first in both.
 *
 * Expect: a finding, catalogue (read) and prices (write) in opposite orders by lookup and update.
 * verdict: finding locks=catalogue,prices
 * step: holds=catalogue requests=prices in=lookup
 * step: holds=prices requests=catalogue in=update */
#include <pthread.h>
#include "demos/demo.h"

static pthread_rwlock_t catalogue = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t prices = PTHREAD_RWLOCK_INITIALIZER;
static int price = 100; /* protected by prices */
static int version = 1; /* protected by catalogue */

static void *lookup(void *turn)
{
    demo_hope_for_turn(*(const int *)turn);
    pthread_rwlock_rdlock(&catalogue);
    pthread_rwlock_rdlock(&prices);
    printf("catalogue %d says %d\n", version, price);
    pthread_rwlock_unlock(&prices);
    pthread_rwlock_unlock(&catalogue);
    demo_end_turn();
    return NULL;
}

static void *update(void *turn)
{
    demo_hope_for_turn(*(const int *)turn);
    pthread_rwlock_wrlock(&prices);
    price += 10;
    pthread_rwlock_wrlock(&catalogue);
    version++;
    pthread_rwlock_unlock(&catalogue);
    pthread_rwlock_unlock(&prices);
    demo_end_turn();
    return NULL;
}

int main(void)
{
    static int turns[] = {0, 1, 2};
    pthread_t threads[3];

    demo_must(pthread_create(&threads[0], NULL, lookup, &turns[0]), "start a thread");
    demo_must(pthread_create(&threads[1], NULL, update, &turns[1]), "start a thread");
    demo_must(pthread_create(&threads[2], NULL, lookup, &turns[2]), "start a thread");
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    printf("the shop closes\n");
    return 0;
}
