/* Joiner and joined thread take lock_a under a gate: over lock_a they cannot block each other, but
 * over the gate they can.
 * verdict: finding locks=gate,end?of?T2
 * verdict: dismissed=gate-lock,single-thread */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *gate_then_a(void *unused)
{
    (void)unused;
    nest(&gate, &lock_a);
    end_turn();
    return NULL;
}

int main(void)
{
    pthread_t thread;

    must(pthread_create(&thread, NULL, gate_then_a, NULL), "pthread_create");
    wait_for_turn(1);
    pthread_mutex_lock(&gate);
    pthread_mutex_lock(&lock_a);
    must(pthread_join(thread, NULL), "pthread_join");
    pthread_mutex_unlock(&lock_a);
    pthread_mutex_unlock(&gate);
    puts("done");
    return 0;
}
