/* The inner monitor's condition is waited for with the outer mutex held, which the thread that
 * would signal needs first.
 * verdict: deadlock
 * threads: 2
 * wait: holds=outer in=wait_inside
 * wait: thread=main wants=outer in=signal_inside */
#include "tests/live/live.h"

static pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inner = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool is_changed;

static void wait_inside(void)
{
    lock(&outer);
    lock(&inner);
    always_meet(2);
    if (is_fixed)
        unlock(&outer);
    while (!is_changed)
        must(pthread_cond_wait(&changed, &inner), "pthread_cond_wait");
    unlock(&inner);
    if (!is_fixed)
        unlock(&outer);
}

static void signal_inside(void)
{
    always_meet(2);
    lock(&outer);
    lock(&inner);
    is_changed = true;
    must(pthread_cond_signal(&changed), "pthread_cond_signal");
    unlock(&inner);
    unlock(&outer);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(wait_inside, signal_inside);
    return end();
}
