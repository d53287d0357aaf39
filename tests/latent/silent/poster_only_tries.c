/* Who posts only tries the mutex that the waiting thread holds.
 * rule: none */
#include "tests/latent/latent.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void post_after_try(void)
{
    if (pthread_mutex_trylock(&table) == 0)
        unlock(&table);
    post(&ready);
}

static void take_under_lock(void)
{
    lock(&table);
    take(&ready);
    unlock(&table);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&ready, 0);
    RUN_IN_TURN(post_after_try, take_under_lock);
    puts("done");
    return 0;
}
