/* Two callers of one locking wrapper, with equal frames: the wrapper's own call and the stack's
 * depth are the same for both, and still each step must show its own caller.
 * verdict: finding locks=lock_a,lock_b
 * verdict: finding locks=lock_c,lock_d
 * step: holds=lock_a requests=lock_b in=first_caller not=second_caller
 * step: holds=lock_c requests=lock_d in=second_caller not=first_caller
 * step: holds=lock_b requests=lock_a in=b_then_a not=d_then_c
 * step: holds=lock_d requests=lock_c in=d_then_c not=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_c = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_d = PTHREAD_MUTEX_INITIALIZER;
static volatile int calls;

static NOINLINE void wrapper_lock(pthread_mutex_t *mutex)
{
    must(pthread_mutex_lock(mutex), "lock");
    calls++;
}

static NOINLINE void wrapper_unlock(pthread_mutex_t *mutex)
{
    must(pthread_mutex_unlock(mutex), "unlock");
    calls++;
}

static NOINLINE void first_caller(void)
{
    wrapper_lock(&lock_a);
    wrapper_lock(&lock_b);
    wrapper_unlock(&lock_b);
    wrapper_unlock(&lock_a);
}

static NOINLINE void second_caller(void)
{
    wrapper_lock(&lock_c);
    wrapper_lock(&lock_d);
    wrapper_unlock(&lock_d);
    wrapper_unlock(&lock_c);
}

static void both_callers(void)
{
    first_caller();
    second_caller();
}

static NOINLINE void b_then_a(void)
{
    wrapper_lock(&lock_b);
    wrapper_lock(&lock_a);
    wrapper_unlock(&lock_a);
    wrapper_unlock(&lock_b);
}

static NOINLINE void d_then_c(void)
{
    wrapper_lock(&lock_d);
    wrapper_lock(&lock_c);
    wrapper_unlock(&lock_c);
    wrapper_unlock(&lock_d);
}

static void both_inversions(void)
{
    b_then_a();
    d_then_c();
}

int main(void)
{
    RUN_IN_TURN(both_callers, both_inversions);
    puts("done");
    return 0;
}
