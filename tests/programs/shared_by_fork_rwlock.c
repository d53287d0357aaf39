/* A process-shared reader-writer lock and a mutex, in both orders by two processes: the one that
 * reads waits for the one that writes.
 * processes: 2
 * verdict: finding locks=rwlock*init_rwlock*,mutex*init_a*
 * step: holds=*init_rwlock* requests=*init_a* in=read_then_a
 * step: holds=*init_a* requests=*init_rwlock* in=a_then_write */
#include "tests/programs/processes.h"

static NOINLINE void init_rwlock(pthread_rwlock_t *rwlock)
{
    pthread_rwlockattr_t attributes;

    must(pthread_rwlockattr_init(&attributes), "pthread_rwlockattr_init");
    must(pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), "set the attribute");
    must(pthread_rwlock_init(rwlock, &attributes), "pthread_rwlock_init");
}

static NOINLINE void read_then_a(void)
{
    must(pthread_rwlock_rdlock(&shared->rwlock), "pthread_rwlock_rdlock");
    must(pthread_mutex_lock(&shared->a), "pthread_mutex_lock");
    must(pthread_mutex_unlock(&shared->a), "pthread_mutex_unlock");
    must(pthread_rwlock_unlock(&shared->rwlock), "pthread_rwlock_unlock");
}

static NOINLINE void a_then_write(void)
{
    must(pthread_mutex_lock(&shared->a), "pthread_mutex_lock");
    must(pthread_rwlock_wrlock(&shared->rwlock), "pthread_rwlock_wrlock");
    must(pthread_rwlock_unlock(&shared->rwlock), "pthread_rwlock_unlock");
    must(pthread_mutex_unlock(&shared->a), "pthread_mutex_unlock");
}

int main(void)
{
    shared = map_shared(-1);
    init_a(shared);
    init_rwlock(&shared->rwlock);
    run_in_two_processes(read_then_a, a_then_write);
    return 0;
}
