/* A condition is destroyed while a thread waits on it; a third one wakes that in the end. After a
 * broadcast the condition may be destroyed although the waiters are still on their way out.
 * misuse: cond-destroy-waited object=condition in=bad,main
 * silent: fixed */
#include <sys/syscall.h>

#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pid_t waiter_tid, destroyer_tid;
static bool ready;

static void *waiter(void *unused)
{
    pthread_mutex_lock(&lock);
    __atomic_store_n(&waiter_tid, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
    while (!ready)
        pthread_cond_wait(&condition, &lock);
    pthread_mutex_unlock(&lock);
    return unused;
}

static void *waker(void *unused)
{
    wait_until_asleep(&destroyer_tid);
    pthread_mutex_lock(&lock);
    ready = true;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&lock);
    return unused;
}

static void bad(void)
{
    pthread_t first = start(waiter, NULL);
    wait_until_asleep(&waiter_tid);
    pthread_t second = start(waker, NULL);
    __atomic_store_n(&destroyer_tid, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
    pthread_cond_destroy(&condition);
    join(first);
    join(second);
}

static void fixed(void)
{
    pthread_t first = start(waiter, NULL);
    wait_until_asleep(&waiter_tid);
    pthread_mutex_lock(&lock);
    ready = true;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&lock);
    pthread_cond_destroy(&condition);
    join(first);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
