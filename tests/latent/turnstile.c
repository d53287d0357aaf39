/* A turnstile, opened from outside: who comes through lets the next one in. It is used under a
 * mutex and around it; in the twin by threads that are joined before the others begin.
 * rule: semaphore-under-lock
 * wait: holds=table wants=turnstile in=turnstile_in_table
 * wait: wants=table in=table_in_turnstile */
#include "tests/latent/latent.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static sem_t turnstile;

static void turnstile_in_table(void)
{
    lock(&table);
    take(&turnstile);
    post(&turnstile);
    unlock(&table);
}

static void table_in_turnstile(void)
{
    take(&turnstile);
    pass_through(&table);
    post(&turnstile);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&turnstile, 0);
    post(&turnstile);
    if (is_clean) {
        RUN_IN_TURN(turnstile_in_table);
        RUN_IN_TURN(table_in_turnstile);
    } else {
        RUN_IN_TURN(turnstile_in_table, table_in_turnstile);
    }
    puts("done");
    return 0;
}
