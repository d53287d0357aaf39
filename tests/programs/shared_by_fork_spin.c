/* Spin locks, which do not tell that they are process-shared, in both orders by two processes.
 * processes: 2
 * verdict: finding locks=spinlock*init_spin_a*,spinlock*init_spin_b*
 * step: holds=*spin_a* requests=*spin_b*
 * step: holds=*spin_b* requests=*spin_a* */
#include "tests/programs/processes.h"

static NOINLINE void init_spin_a(void)
{
    must(pthread_spin_init(&shared->spin_a, PTHREAD_PROCESS_SHARED), "pthread_spin_init");
}

static NOINLINE void init_spin_b(void)
{
    must(pthread_spin_init(&shared->spin_b, PTHREAD_PROCESS_SHARED), "pthread_spin_init");
}

static inline void nest_spins(pthread_spinlock_t *outer, pthread_spinlock_t *inner)
{
    must(pthread_spin_lock(outer), "pthread_spin_lock");
    must(pthread_spin_lock(inner), "pthread_spin_lock");
    must(pthread_spin_unlock(inner), "pthread_spin_unlock");
    must(pthread_spin_unlock(outer), "pthread_spin_unlock");
}

static void a_then_b(void)
{
    nest_spins(&shared->spin_a, &shared->spin_b);
}

static void b_then_a(void)
{
    nest_spins(&shared->spin_b, &shared->spin_a);
}

int main(void)
{
    shared = map_shared(-1);
    init_spin_a();
    init_spin_b();
    run_in_two_processes(a_then_b, b_then_a);
    return 0;
}
