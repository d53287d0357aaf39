/* A thread waits for a semaphore with a mutex held that the one who posts it goes through first.
 * rule: semaphore-under-lock
 * wait: holds=table wants=ready in=take_under_lock
 * wait: wants=table in=post_after_lock */
#include "tests/latent/latent.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void post_after_lock(void)
{
    pass_through(&table);
    post(&ready);
}

static void take_under_lock(void)
{
    if (is_clean)
        take(&ready);
    lock(&table);
    if (!is_clean)
        take(&ready);
    unlock(&table);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&ready, 0);
    RUN_IN_TURN(post_after_lock, take_under_lock);
    puts("done");
    return 0;
}
