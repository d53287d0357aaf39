/* A condition is signalled without the mutex of its waiter: allowed, and often a mistake.
 * misuse: signal-unlocked object=condition in=bad,main
 * options: +signal-unlocked
 * silent: fixed */
#include <sys/syscall.h>

#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pid_t waiter_tid;
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

static void set_ready(void)
{
    pthread_mutex_lock(&lock);
    ready = true;
}

static void bad(void)
{
    pthread_t thread = start(waiter, NULL);
    wait_until_asleep(&waiter_tid);
    set_ready();
    pthread_mutex_unlock(&lock);
    pthread_cond_signal(&condition);
    join(thread);
}

static void fixed(void)
{
    pthread_t thread = start(waiter, NULL);
    wait_until_asleep(&waiter_tid);
    set_ready();
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&lock);
    join(thread);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
