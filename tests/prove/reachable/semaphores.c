/* A semaphore that is used as a lock, with another one or with a mutex, in two orders.
 * verdict: finding locks=unit,other_*
 * cases: pair with_mutex */
#include "tests/prove/prove.h"

static sem_t unit, other_unit;
static pthread_mutex_t other_mutex = PTHREAD_MUTEX_INITIALIZER;
static bool is_with_mutex;
static long sum; /* protected by both */

static void take_other(void)
{
    if (is_with_mutex)
        lock(&other_mutex);
    else
        take(&other_unit);
}

static void give_other(void)
{
    if (is_with_mutex)
        unlock(&other_mutex);
    else
        post(&other_unit);
}

static void unit_first(void)
{
    take(&unit);
    take_other();
    sum += 1;
    give_other();
    post(&unit);
}

static void other_first(void)
{
    take_other();
    take(&unit);
    sum += 2;
    post(&unit);
    give_other();
}

int main(int argc, char **argv)
{
    is_with_mutex = is_case(argc, argv, "with_mutex");
    init_semaphore(&unit, 1);
    init_semaphore(&other_unit, 1);
    RUN_APART(APART_MS, unit_first, other_first);
    return finish(sum, 3);
}
