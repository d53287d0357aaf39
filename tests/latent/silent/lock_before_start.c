/* Who posts goes through the mutex before the waiting thread is let go.
 * rule: none */
#include "tests/latent/latent.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static sem_t started, ready;

static void work(void)
{
    pass_through(&table);
    post(&started);
    post(&ready);
}

static void wait_for_work(void)
{
    take(&started);
    lock(&table);
    take(&ready);
    unlock(&table);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&started, 0);
    init_semaphore(&ready, 0);
    RUN_TOGETHER(wait_for_work, work);
    puts("done");
    return 0;
}
