/* Two threads can have all of the pool and want the mutex with which a third waits for the pool.
 * rule: semaphore-under-lock
 * wait: holds=table wants=pool in=take_under_lock
 * wait: wants=table in=lock_with_unit
 * wait: wants=table in=lock_with_unit */
#include "tests/latent/latent.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static sem_t pool;

static void lock_with_unit(void)
{
    take(&pool);
    pass_through(&table);
    post(&pool);
}

static void take_under_lock(void)
{
    lock(&table);
    take(&pool);
    post(&pool);
    unlock(&table);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&pool, is_clean ? 3 : 2);
    RUN_IN_TURN(lock_with_unit, lock_with_unit, take_under_lock);
    puts("done");
    return 0;
}
