/* As once_initialiser_locks, but the other thread comes while the routine, past its lock, still
 * runs, and waits for it.
 * verdict: finding locks=control,lock_a
 * step: holds=control requests=lock_a in=initialise_first
 * step: holds=lock_a requests=control in=call_with_a */
#include "tests/programs/support.h"

static pthread_once_t control = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pid_t other;

static void take_a_then_stay(void)
{
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    end_turn();
    wait_until_asleep(&other);
}

static void initialise_first(void)
{
    must(pthread_once(&control, take_a_then_stay), "pthread_once");
}

static void call_with_a(void)
{
    pthread_mutex_lock(&lock_a);
    __atomic_store_n(&other, gettid(), __ATOMIC_SEQ_CST);
    must(pthread_once(&control, take_a_then_stay), "pthread_once");
    pthread_mutex_unlock(&lock_a);
}

int main(void)
{
    RUN_IN_TURN(initialise_first, call_with_a);
    puts("done");
    return 0;
}
