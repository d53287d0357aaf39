/* Two spinlocks in both orders, but one thread only tries its second.
 * verdict: clean dismissed=trylock */
#include "tests/programs/support.h"

static pthread_spinlock_t spin_a;
static pthread_spinlock_t spin_b;

static void a_then_b(void)
{
    pthread_spin_lock(&spin_a);
    must(pthread_spin_trylock(&spin_b), "try spin_b");
    pthread_spin_unlock(&spin_b);
    pthread_spin_unlock(&spin_a);
}

static void b_then_a(void)
{
    pthread_spin_lock(&spin_b);
    pthread_spin_lock(&spin_a);
    pthread_spin_unlock(&spin_a);
    pthread_spin_unlock(&spin_b);
}

int main(void)
{
    must(pthread_spin_init(&spin_a, PTHREAD_PROCESS_PRIVATE), "pthread_spin_init");
    must(pthread_spin_init(&spin_b, PTHREAD_PROCESS_PRIVATE), "pthread_spin_init");
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
