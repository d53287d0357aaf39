/* A condition is initialised again while a thread waits on it; the process then ends.
 * misuse: init-waited object=condition in=bad,main
 * silent: fixed */
#include <sys/syscall.h>

#include "tests/misuse/misuse.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition;
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

static void bad(void)
{
    must(pthread_cond_init(&condition, NULL), "init");
    start(waiter, NULL);
    wait_until_asleep(&waiter_tid);
    must(pthread_cond_init(&condition, NULL), "init");
}

static void fixed(void)
{
    must(pthread_cond_init(&condition, NULL), "init");
    pthread_t thread = start(waiter, NULL);
    wait_until_asleep(&waiter_tid);
    pthread_mutex_lock(&lock);
    ready = true;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&lock);
    join(thread);
    must(pthread_cond_init(&condition, NULL), "init");
}

VARIANTS({"bad", bad}, {"fixed", fixed})
