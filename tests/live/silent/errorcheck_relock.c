/* Each call that is refused with EDEADLK instead of waiting.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_mutex_t lock_a;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;

int main(void)
{
    init_mutex_of_type(&lock_a, PTHREAD_MUTEX_ERRORCHECK);
    lock(&lock_a);
    must_be(pthread_mutex_lock(&lock_a) == EDEADLK, "a relock is refused");
    unlock(&lock_a);
    must(pthread_rwlock_wrlock(&table), "pthread_rwlock_wrlock");
    must_be(pthread_rwlock_wrlock(&table) == EDEADLK, "writing twice is refused");
    must_be(pthread_rwlock_rdlock(&table) == EDEADLK, "reading what one writes is refused");
    must(pthread_rwlock_unlock(&table), "pthread_rwlock_unlock");
    must_be(pthread_join(pthread_self(), NULL) == EDEADLK, "joining oneself is refused");
    return end();
}
