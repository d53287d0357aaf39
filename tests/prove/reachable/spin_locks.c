/* A spin lock, with another one or with a mutex, in two orders.
 * verdict: finding locks=spin,other_*
 * cases: pair with_mutex */
#include "tests/prove/prove.h"

static pthread_spinlock_t spin, other_spin;
static pthread_mutex_t other_mutex = PTHREAD_MUTEX_INITIALIZER;
static bool is_with_mutex;
static long sum; /* protected by both */

static void take_other(void)
{
    if (is_with_mutex)
        lock(&other_mutex);
    else
        must(pthread_spin_lock(&other_spin), "pthread_spin_lock");
}

static void give_other(void)
{
    if (is_with_mutex)
        unlock(&other_mutex);
    else
        must(pthread_spin_unlock(&other_spin), "pthread_spin_unlock");
}

static void spin_first(void)
{
    must(pthread_spin_lock(&spin), "pthread_spin_lock");
    take_other();
    sum += 1;
    give_other();
    must(pthread_spin_unlock(&spin), "pthread_spin_unlock");
}

static void other_first(void)
{
    take_other();
    must(pthread_spin_lock(&spin), "pthread_spin_lock");
    sum += 2;
    must(pthread_spin_unlock(&spin), "pthread_spin_unlock");
    give_other();
}

int main(int argc, char **argv)
{
    is_with_mutex = is_case(argc, argv, "with_mutex");
    must(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE), "pthread_spin_init");
    must(pthread_spin_init(&other_spin, PTHREAD_PROCESS_PRIVATE), "pthread_spin_init");
    RUN_APART(APART_MS, spin_first, other_first);
    return finish(sum, 3);
}
