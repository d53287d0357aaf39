/* The waits with the mutex held have a time limit.
 * rule: none */
#include "tests/latent/latent.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inner = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_changed;
static sem_t ready;

static void wait_under_lock(void)
{
    struct timespec later = seconds_from_now(CLOCK_REALTIME, 100);

    wait_for_turn(1);
    lock(&table);
    must_be(sem_timedwait(&ready, &later) == 0, "it was posted");
    lock(&inner);
    end_turn();
    while (!is_changed)
        must(pthread_cond_timedwait(&changed, &inner, &later), "pthread_cond_timedwait");
    unlock(&inner);
    unlock(&table);
}

static void wake_after_lock(void)
{
    pass_through(&table);
    post(&ready);
    end_turn();
    wait_for_turn(2);
    lock(&inner);
    is_changed = true;
    must(pthread_cond_signal(&changed), "pthread_cond_signal");
    unlock(&inner);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&ready, 0);
    RUN_TOGETHER(wait_under_lock, wake_after_lock);
    puts("done");
    return 0;
}
