/* A parcel is waited for with the shop held that whoever brings it goes through first. It comes
 * through the shop and is put onto the shelf after; by luck the customer comes in between.
 * verdict: finding locks=shop */
#include "tests/prove/prove.h"

static pthread_mutex_t shop = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t shelf = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t delivered = PTHREAD_COND_INITIALIZER;
static long parcels; /* protected by shelf */
static long fetched; /* protected by shop */

static void deliver(void)
{
    pass_through(&shop);
    sleep_ms(2 * APART_MS);
    lock(&shelf);
    parcels++;
    must(pthread_cond_signal(&delivered), "pthread_cond_signal");
    unlock(&shelf);
}

static void fetch(void)
{
    lock(&shop);
    lock(&shelf);
    while (parcels == 0)
        must(pthread_cond_wait(&delivered, &shelf), "pthread_cond_wait");
    parcels--;
    unlock(&shelf);
    fetched++;
    unlock(&shop);
}

int main(void)
{
    RUN_APART(APART_MS, deliver, fetch);
    return finish(fetched, 1);
}
