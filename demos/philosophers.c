/* Five philosophers dine.
 *
 * Wrong: everyone takes the fork on the left, then the fork on the right. When all five have their
 * left fork, nobody gets a right one. By default they happen to dine one after the other, and all
 * leave the table; `philosophers together` lets each take the left fork before anyone takes the
 * right one, and hangs.
 * Right: number the forks and take the lower number first.
 *
 * Usage: philosophers [MEALS [together]]
 *
 * Expect: a finding, one cycle through all five forks.
 * verdict: finding locks=forks* steps=5 */
#include <pthread.h>
#include <stdbool.h>
#include "demos/demo.h"

#define SEATS 5

static pthread_mutex_t forks[SEATS] = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
};
static const char *const names[SEATS] = {"Aristotle", "Boole", "Curry", "Descartes", "Euler"};
static int meals = 3;
static bool together;

static void dine(int seat, int meal)
{
    pthread_mutex_t *left = &forks[seat];
    pthread_mutex_t *right = &forks[(seat + 1) % SEATS];

    if (!together)
        demo_hope_for_turn(meal * SEATS + seat);
    pthread_mutex_lock(left);
    if (together) {
        printf("%s has the left fork\n", names[seat]);
        demo_end_turn();
        demo_wait_turn(SEATS);
    }
    pthread_mutex_lock(right);
    printf("%s eats, meal %d\n", names[seat], meal + 1);
    pthread_mutex_unlock(right);
    pthread_mutex_unlock(left);
    if (!together)
        demo_end_turn();
}

static void *philosopher(void *argument)
{
    int seat = *(const int *)argument;

    for (int meal = 0; meal < meals; meal++)
        dine(seat, meal);
    return NULL;
}

static bool read_arguments(int argc, char **argv)
{
    if (argc > 1) {
        char *end;
        long value = strtol(argv[1], &end, 10);

        if (*end != '\0' || value < 1 || value > 1000000)
            return false;
        meals = (int)value;
    }
    together = argc == 3 && strcmp(argv[2], "together") == 0;
    return argc < 3 || together;
}

int main(int argc, char **argv)
{
    static int seats[SEATS] = {0, 1, 2, 3, 4};
    pthread_t threads[SEATS];

    if (!read_arguments(argc, argv)) {
        fprintf(stderr, "usage: philosophers [MEALS [together]]\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed must be seen even if it hangs */
    for (int i = 0; i < SEATS; i++) {
        demo_must(pthread_create(&threads[i], NULL, philosopher, &seats[i]), "seat a philosopher");
        pthread_setname_np(threads[i], names[i]);
    }
    for (int i = 0; i < SEATS; i++)
        pthread_join(threads[i], NULL);
    printf("all five have left the table\n");
    return 0;
}
