/* A try that fails a hundred times takes nothing: no order follows from it.
 * verdict: clean */
#include <errno.h>
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static int tries;

static void hold_b(void)
{
    pthread_mutex_lock(&lock_b);
    end_turn();
    while (__atomic_load_n(&tries, __ATOMIC_SEQ_CST) < 100)
        usleep(50);
    pthread_mutex_unlock(&lock_b);
}

static void try_b_in_vain_under_a(void)
{
    pthread_mutex_lock(&lock_a);
    for (int i = 0; i < 100; i++) {
        must_be(pthread_mutex_trylock(&lock_b) == EBUSY, "lock_b is busy");
        __atomic_add_fetch(&tries, 1, __ATOMIC_SEQ_CST);
    }
    pthread_mutex_unlock(&lock_a);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

static void late_b_then_a(void)
{
    wait_for_turn(3); /* hold_b ended two */
    b_then_a();
}

int main(void)
{
    RUN_IN_TURN(hold_b, try_b_in_vain_under_a, late_b_then_a);
    puts("done");
    return 0;
}
