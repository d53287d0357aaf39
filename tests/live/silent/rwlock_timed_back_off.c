/* A reader wants the mutex of a thread that waits to write, and then to write itself, each for a
 * limited time; then it stops reading.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void write_under_a(void)
{
    lock(&lock_a);
    meet(2);
    must(pthread_rwlock_wrlock(&table), "pthread_rwlock_wrlock");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
    unlock(&lock_a);
}

static void gives_way(void)
{
    struct timespec deadline = seconds_from_now(CLOCK_REALTIME, 1);

    must(pthread_rwlock_rdlock(&table), "pthread_rwlock_rdlock");
    meet(2);
    must_be(pthread_mutex_timedlock(&lock_a, &deadline) == ETIMEDOUT, "it times out");
    must_be(pthread_rwlock_timedwrlock(&table, &deadline) == ETIMEDOUT, "it waits for itself");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
}

int main(void)
{
    RUN_TOGETHER(write_under_a, gives_way);
    return end();
}
