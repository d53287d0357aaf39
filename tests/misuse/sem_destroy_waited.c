/* A semaphore is destroyed while a thread waits for it; a post wakes that all the same.
 * misuse: sem-destroy-waited in=bad,main
 * silent: fixed */
#include <semaphore.h>
#include <sys/syscall.h>

#include "tests/misuse/misuse.h"

static sem_t semaphore;
static pid_t waiter_tid;

static void *waiter(void *unused)
{
    __atomic_store_n(&waiter_tid, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
    must(sem_wait(&semaphore), "wait");
    return unused;
}

static pthread_t start_waiter(void)
{
    must(sem_init(&semaphore, 0, 0), "init");
    pthread_t thread = start(waiter, NULL);
    wait_until_asleep(&waiter_tid);
    return thread;
}

static void bad(void)
{
    start_waiter();
    must(sem_destroy(&semaphore), "destroy");
}

static void fixed(void)
{
    pthread_t thread = start_waiter();
    must(sem_post(&semaphore), "post");
    join(thread);
    must(sem_destroy(&semaphore), "destroy");
}

VARIANTS({"bad", bad}, {"fixed", fixed})
