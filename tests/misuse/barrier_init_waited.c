/* A barrier is initialised again while a thread waits at it; the process then ends.
 * misuse: barrier-init-waited object=barrier in=bad,main
 * silent: fixed */
#include <sys/syscall.h>

#include "tests/misuse/misuse.h"

static pthread_barrier_t barrier;
static pid_t waiter_tid;

static void *waiter(void *unused)
{
    __atomic_store_n(&waiter_tid, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
    pthread_barrier_wait(&barrier);
    return unused;
}

static void bad(void)
{
    pthread_barrier_init(&barrier, NULL, 2);
    start(waiter, NULL);
    wait_until_asleep(&waiter_tid);
    pthread_barrier_init(&barrier, NULL, 2);
}

static void fixed(void)
{
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_t thread = start(waiter, NULL);
    pthread_barrier_wait(&barrier);
    pthread_barrier_destroy(&barrier);
    pthread_barrier_init(&barrier, NULL, 2);
    join(thread);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
