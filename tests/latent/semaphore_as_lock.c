/* A semaphore used as a lock and a mutex, in opposite orders: a circle of locks, found without
 * events.
 * rule: lock-order-cycle
 * wait: holds=table wants=token in=token_in_table
 * wait: holds=token wants=table in=table_in_token */
#include "tests/latent/latent.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static sem_t token;

static void table_in_token(void)
{
    take(&token);
    pass_through(&table);
    post(&token);
}

static void token_in_table(void)
{
    if (is_clean) {
        table_in_token();
        return;
    }
    lock(&table);
    take(&token);
    post(&token);
    unlock(&table);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&token, 1);
    RUN_IN_TURN(table_in_token, token_in_table);
    puts("done");
    return 0;
}
