/* A thread waits for what it holds itself, for a limited time.
 * verdict: silent */
#include <semaphore.h>
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static sem_t units;

static struct timespec soon(void)
{
    struct timespec when = seconds_from_now(CLOCK_REALTIME, 0);

    when.tv_nsec += 100000000;
    when.tv_sec += when.tv_nsec / 1000000000;
    when.tv_nsec %= 1000000000;
    return when;
}

int main(void)
{
    struct timespec deadline = soon();

    lock(&lock_a);
    must_be(pthread_mutex_timedlock(&lock_a, &deadline) == ETIMEDOUT, "the mutex times out");
    unlock(&lock_a);
    must(pthread_rwlock_rdlock(&table), "pthread_rwlock_rdlock");
    must_be(pthread_rwlock_timedwrlock(&table, &deadline) == ETIMEDOUT, "the rwlock times out");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
    must(sem_init(&units, 0, 0), "sem_init");
    must_be(sem_timedwait(&units, &deadline) == -1 && errno == ETIMEDOUT, "nobody posts");
    return end();
}
