/* One of two comes to the barrier with the mutex that the other one goes through before it comes.
 * rule: barrier-under-lock
 * wait: holds=table wants=gate in=come_with_lock
 * wait: wants=table in=come_after_lock */
#include "tests/latent/latent.h"

static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t gate;

static void come(void)
{
    int result = pthread_barrier_wait(&gate);

    must(result == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : result, "pthread_barrier_wait");
}

static void come_with_lock(void)
{
    wait_for_turn(1);
    lock(&table);
    if (is_clean)
        unlock(&table);
    come();
    if (!is_clean)
        unlock(&table);
}

static void come_after_lock(void)
{
    pass_through(&table);
    end_turn();
    come();
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must(pthread_barrier_init(&gate, NULL, 2), "pthread_barrier_init");
    RUN_TOGETHER(come_with_lock, come_after_lock);
    puts("done");
    return 0;
}
