/* Both orders, but each second table is taken by a timed or clock form, for reading and writing.
 * verdict: clean dismissed=timed */
#include "tests/programs/support.h"

static pthread_rwlock_t table_a = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t table_b = PTHREAD_RWLOCK_INITIALIZER;

static void a_then_b(void)
{
    struct timespec when = seconds_from_now(CLOCK_REALTIME, 10);

    pthread_rwlock_wrlock(&table_a);
    must(pthread_rwlock_timedwrlock(&table_b, &when), "timedwrlock");
    pthread_rwlock_unlock(&table_b);
    must(pthread_rwlock_timedrdlock(&table_b, &when), "timedrdlock");
    pthread_rwlock_unlock(&table_b);
    pthread_rwlock_unlock(&table_a);
}

static void b_then_a(void)
{
    struct timespec when = seconds_from_now(CLOCK_MONOTONIC, 10);

    pthread_rwlock_wrlock(&table_b);
    must(pthread_rwlock_clockwrlock(&table_a, CLOCK_MONOTONIC, &when), "clockwrlock");
    pthread_rwlock_unlock(&table_a);
    must(pthread_rwlock_clockrdlock(&table_a, CLOCK_MONOTONIC, &when), "clockrdlock");
    pthread_rwlock_unlock(&table_a);
    pthread_rwlock_unlock(&table_b);
}

int main(void)
{
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
