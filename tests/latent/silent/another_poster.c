/* One who posts goes through the mutex that the waiting thread holds; another one does not.
 * rule: none */
#include "tests/latent/latent.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void post_after_lock(void)
{
    pass_through(&table);
    post(&ready);
}

static void post_at_once(void)
{
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
    RUN_IN_TURN(post_after_lock, post_at_once, take_under_lock);
    puts("done");
    return 0;
}
