/* One of two comes to the barrier with the mutex that the other one needs before it comes.
 * verdict: deadlock
 * threads: 2
 * wait: holds=lock_a wants=gate* in=come_with_a
 * wait: thread=main wants=lock_a in=come_after_a */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t gate;

static void come(void)
{
    int result = pthread_barrier_wait(&gate);

    must(result == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : result, "pthread_barrier_wait");
}

static void come_with_a(void)
{
    lock(&lock_a);
    always_meet(2);
    if (is_fixed)
        unlock(&lock_a);
    come();
    if (!is_fixed)
        unlock(&lock_a);
}

static void come_after_a(void)
{
    always_meet(2);
    lock(&lock_a);
    unlock(&lock_a);
    come();
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must(pthread_barrier_init(&gate, NULL, 2), "pthread_barrier_init");
    RUN_TOGETHER(come_with_a, come_after_a);
    return end();
}
