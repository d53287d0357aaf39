/* A semaphore is waited for with the lock held that the one who posts it goes through first.
 * verdict: finding locks=table */
#include "tests/prove/prove.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;
static long sum; /* protected by table */

static void lay(void)
{
    lock(&table);
    sum += 1;
    unlock(&table);
    post(&ready);
}

static void dine(void)
{
    lock(&table);
    take(&ready);
    sum += 2;
    unlock(&table);
}

int main(void)
{
    init_semaphore(&ready, 0);
    RUN_APART(APART_MS, lay, dine);
    return finish(sum, 3);
}
