/* The inner monitor's condition is waited for with the outer mutex held; the thread that signals
 * goes through the outer one first. In this run it did so before.
 * rule: nested-monitor
 * wait: holds=outer wants=changed in=wait_inside
 * wait: wants=outer in=signal_inside */
#include "tests/latent/latent.h"

static pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inner = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_changed;

static void wait_inside(void)
{
    wait_for_turn(1);
    lock(&outer);
    lock(&inner);
    if (is_clean)
        unlock(&outer);
    end_turn();
    while (!is_changed)
        must(pthread_cond_wait(&changed, &inner), "pthread_cond_wait");
    unlock(&inner);
    if (!is_clean)
        unlock(&outer);
}

static void signal_inside(void)
{
    pass_through(&outer);
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
    RUN_TOGETHER(wait_inside, signal_inside);
    puts("done");
    return 0;
}
