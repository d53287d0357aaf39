/* Who would post needs a mutex held by a third thread, which wants the one that the waiting thread
 * holds.
 * rule: semaphore-under-lock
 * wait: holds=table wants=ready in=take_under_lock
 * wait: wants=queue in=post_after_queue
 * wait: holds=queue wants=table in=table_in_queue */
#include "tests/latent/latent.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t queue = PTHREAD_MUTEX_INITIALIZER;
static sem_t ready;

static void post_after_queue(void)
{
    pass_through(&queue);
    post(&ready);
}

static void table_in_queue(void)
{
    lock(is_clean ? &table : &queue);
    pass_through(is_clean ? &queue : &table);
    unlock(is_clean ? &table : &queue);
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
    RUN_IN_TURN(post_after_queue, table_in_queue, take_under_lock);
    puts("done");
    return 0;
}
