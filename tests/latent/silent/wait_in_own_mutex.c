/* A condition wait gives its own mutex back: who signals can take it.
 * rule: none */
#include "tests/latent/latent.h"

static pthread_mutex_t monitor = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_changed;

static void consume(void)
{
    wait_for_turn(1);
    lock(&monitor);
    end_turn();
    while (!is_changed)
        must(pthread_cond_wait(&changed, &monitor), "pthread_cond_wait");
    unlock(&monitor);
}

static void produce(void)
{
    pass_through(&monitor);
    end_turn();
    wait_for_turn(2);
    lock(&monitor);
    is_changed = true;
    must(pthread_cond_signal(&changed), "pthread_cond_signal");
    unlock(&monitor);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(consume, produce);
    puts("done");
    return 0;
}
