/* Neighbours in an array of locks are taken in both orders, all by the same code: one finding for
 * all of them.
 * verdict: finding locks=table[[]*].lock steps=2 */
#include "tests/programs/support.h"

enum { ELEMENTS = 6 };

static struct {
    int number;
    pthread_mutex_t lock;
} table[ELEMENTS];

static void upwards(void)
{
    for (int i = 0; i + 1 < ELEMENTS; i++)
        nest(&table[i].lock, &table[i + 1].lock);
}

static void downwards(void)
{
    for (int i = 0; i + 1 < ELEMENTS; i++)
        nest(&table[i + 1].lock, &table[i].lock);
}

int main(void)
{
    RUN_IN_TURN(upwards, downwards);
    return 0;
}
