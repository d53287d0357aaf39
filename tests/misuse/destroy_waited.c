/* A mutex is destroyed while another thread waits for it.
 * misuse: destroy-waited in=bad,main
 * silent: fixed */
#include <sys/syscall.h>

#include "tests/misuse/misuse.h"

static pthread_mutex_t lock;
static pid_t waiter_tid;

static void *waiter(void *unused)
{
    __atomic_store_n(&waiter_tid, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    return unused;
}

static void bad(void)
{
    must(pthread_mutex_init(&lock, NULL), "init");
    pthread_mutex_lock(&lock);
    pthread_t thread = start(waiter, NULL);
    wait_until_asleep(&waiter_tid);
    pthread_mutex_destroy(&lock);
    pthread_mutex_unlock(&lock);
    join(thread);
}

static void fixed(void)
{
    must(pthread_mutex_init(&lock, NULL), "init");
    pthread_mutex_lock(&lock);
    pthread_t thread = start(waiter, NULL);
    wait_until_asleep(&waiter_tid);
    pthread_mutex_unlock(&lock);
    join(thread);
    pthread_mutex_destroy(&lock);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
