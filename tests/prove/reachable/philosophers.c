/* Five philosophers with forks of their own struct take the left one, think, take the right one;
 * each eats three times, at another time than the others.
 * verdict: finding locks=mutex?created?at?main* steps=5 */
#include "tests/prove/prove.h"

#define SEATS 5
#define MEALS 3

struct fork {
    pthread_mutex_t lock;
    long uses; /* protected by lock */
};

static struct fork *table;

static NOINLINE void eat(struct fork *left, struct fork *right)
{
    lock(&left->lock);
    work(1000);
    lock(&right->lock);
    left->uses++;
    right->uses++;
    unlock(&right->lock);
    unlock(&left->lock);
}

static void *dine(void *argument)
{
    long seat = (struct fork *)argument - table;

    for (int meal = 0; meal < MEALS; meal++) {
        sleep_ms(meal == 0 ? (int)seat * 8 : SEATS * 8);
        eat(&table[seat], &table[(seat + 1) % SEATS]);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[SEATS];
    long uses = 0;

    table = (struct fork *)calloc(SEATS, sizeof *table);
    must_be(table != NULL, "calloc works");
    for (int i = 0; i < SEATS; i++)
        must(pthread_mutex_init(&table[i].lock, NULL), "pthread_mutex_init");
    for (int i = 0; i < SEATS; i++)
        must(pthread_create(&threads[i], NULL, dine, &table[i]), "pthread_create");
    for (int i = 0; i < SEATS; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
    for (int i = 0; i < SEATS; i++)
        uses += table[i].uses;
    free(table);
    return finish(uses, 2L * SEATS * MEALS);
}
