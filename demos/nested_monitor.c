/* A monitor inside a monitor.
 *
 * Wrong: fetch() takes the shop, then waits for a parcel at the shelf. A condition wait lets go of
 * the shelf, but not of the shop, and deliver() must go through the shop. By default the parcel
 * happens to be there already; `nested_monitor hang` starts with an empty shelf, and each waits for
 * the other for ever.
 * Right: let go of the shop before waiting, or guard both with one lock.
 *
 * Expect: clean, not yet judged: both take the shop first, and what waits for a condition this
 * version does not judge.
 * verdict: clean */
#include <pthread.h>
#include "demos/demo.h"

static pthread_mutex_t shop = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t shelf = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t delivered = PTHREAD_COND_INITIALIZER;
static int parcels; /* protected by shelf */
static bool lucky;

static void *fetch(void *unused)
{
    (void)unused;
    if (lucky)
        demo_hope_for_turn(1);
    pthread_mutex_lock(&shop);
    pthread_mutex_lock(&shelf);
    if (!lucky)
        demo_end_turn();
    while (parcels == 0)
        pthread_cond_wait(&delivered, &shelf); /* still has the shop */
    parcels--;
    printf("a parcel is fetched\n");
    pthread_mutex_unlock(&shelf);
    pthread_mutex_unlock(&shop);
    return NULL;
}

static void *deliver(void *unused)
{
    (void)unused;
    if (!lucky)
        demo_wait_turn(1);
    printf("a parcel comes\n");
    pthread_mutex_lock(&shop);
    pthread_mutex_lock(&shelf);
    parcels++;
    pthread_cond_signal(&delivered);
    pthread_mutex_unlock(&shelf);
    pthread_mutex_unlock(&shop);
    demo_end_turn();
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t customer, courier;

    lucky = !demo_told_to_hang(argc, argv);
    demo_must(pthread_create(&customer, NULL, fetch, NULL), "start the customer");
    demo_must(pthread_create(&courier, NULL, deliver, NULL), "start the courier");
    pthread_join(customer, NULL);
    pthread_join(courier, NULL);
    printf("the shop closes\n");
    return 0;
}
