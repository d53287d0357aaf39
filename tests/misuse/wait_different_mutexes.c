/* Two threads wait on one condition with a mutex each. One after the other they may.
 * misuse: wait-different-mutexes object=condition in=wait_with
 * silent: fixed in_turn */
#include <sys/syscall.h>

#include "tests/misuse/misuse.h"

static pthread_mutex_t locks[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pid_t tids[2];
static bool ready;

static NOINLINE void wait_with(pthread_mutex_t *lock, pid_t *tid)
{
    pthread_mutex_lock(lock);
    __atomic_store_n(tid, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
    while (!__atomic_load_n(&ready, __ATOMIC_SEQ_CST))
        pthread_cond_wait(&condition, lock);
    pthread_mutex_unlock(lock);
}

static void *first(void *unused)
{
    wait_with(&locks[0], &tids[0]);
    return unused;
}

static void *second(void *lock)
{
    wait_with((pthread_mutex_t *)lock, &tids[1]);
    return NULL;
}

static void wake(void)
{
    __atomic_store_n(&ready, true, __ATOMIC_SEQ_CST);
    pthread_cond_broadcast(&condition);
}

static void two_waiters(pthread_mutex_t *lock_of_second)
{
    pthread_t one = start(first, NULL);
    wait_until_asleep(&tids[0]);
    pthread_t two = start(second, lock_of_second);
    wait_until_asleep(&tids[1]);
    wake();
    join(one);
    join(two);
}

static void bad(void)
{
    two_waiters(&locks[1]);
}

static void fixed(void)
{
    two_waiters(&locks[0]);
}

static void in_turn(void)
{
    pthread_t thread = start(first, NULL);
    wait_until_asleep(&tids[0]);
    wake();
    join(thread);
    ready = false;
    thread = start(second, &locks[1]);
    wait_until_asleep(&tids[1]);
    wake();
    join(thread);
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"in_turn", in_turn})
