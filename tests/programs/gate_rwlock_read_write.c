/* Both orders under a reader-writer gate, read by one thread and written by the other: it keeps
 * them apart.
 * verdict: clean dismissed=gate-lock */
#include "tests/programs/support.h"

static pthread_rwlock_t gate = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void gate_a_b(void)
{
    pthread_rwlock_rdlock(&gate);
    nest(&lock_a, &lock_b);
    pthread_rwlock_unlock(&gate);
}

static void gate_b_a(void)
{
    pthread_rwlock_wrlock(&gate);
    nest(&lock_b, &lock_a);
    pthread_rwlock_unlock(&gate);
}

int main(void)
{
    RUN_IN_TURN(gate_a_b, gate_b_a);
    puts("done");
    return 0;
}
