/* A thread waits for a condition with an outer mutex held that others take, but not who signals.
 * rule: none */
#include "tests/latent/latent.h"

static pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inner = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_changed;

static void consume(void)
{
    lock(&outer);
    lock(&inner);
    end_turn();
    while (!is_changed)
        must(pthread_cond_wait(&changed, &inner), "pthread_cond_wait");
    unlock(&inner);
    unlock(&outer);
    end_turn();
}

static void produce(void)
{
    wait_for_turn(1);
    lock(&inner);
    is_changed = true;
    must(pthread_cond_signal(&changed), "pthread_cond_signal");
    unlock(&inner);
}

static void look(void)
{
    wait_for_turn(2);
    pass_through(&outer);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(consume, produce, look);
    puts("done");
    return 0;
}
