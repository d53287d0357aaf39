/* One of two comes to the barrier with the lock held that the other one goes through before.
 * verdict: finding locks=table */
#include "tests/prove/prove.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t gate;
static long sum; /* protected by table */

static void come(void)
{
    int result = pthread_barrier_wait(&gate);

    must(result == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : result, "pthread_barrier_wait");
}

static void come_after_table(void)
{
    lock(&table);
    sum += 1;
    unlock(&table);
    come();
}

static void come_with_table(void)
{
    lock(&table);
    sum += 2;
    come();
    unlock(&table);
}

int main(void)
{
    must(pthread_barrier_init(&gate, NULL, 2), "pthread_barrier_init");
    RUN_APART(APART_MS, come_after_table, come_with_table);
    return finish(sum, 3);
}
