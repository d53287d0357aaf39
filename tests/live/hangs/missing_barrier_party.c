/* A barrier for three, and only two ever come.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main wants=gate* in=come_to_the_gate
 * wait: wants=gate* in=come_to_the_gate */
#include "tests/live/live.h"

static pthread_barrier_t gate;

static void come_to_the_gate(void)
{
    int result = pthread_barrier_wait(&gate);

    must(result == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : result, "pthread_barrier_wait");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    must(pthread_barrier_init(&gate, NULL, is_fixed ? 2 : 3), "pthread_barrier_init");
    RUN_TOGETHER(come_to_the_gate, come_to_the_gate);
    return end();
}
