/* Children made without calling fork(): _Fork, the raw system calls, clone() with a stack of its
 * own. No fork handler runs for these; the child still locks and ends as told. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STACK_SIZE = 65536 };

static pthread_mutex_t held = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;

static int use_locks(void *status)
{
    for (int i = 0; i < 100; i++) {
        pthread_mutex_lock(&first);
        pthread_mutex_lock(&second);
        pthread_rwlock_wrlock(&lock);
        pthread_rwlock_unlock(&lock);
        pthread_mutex_unlock(&second);
        pthread_mutex_unlock(&first);
    }
    FACT_RESULT(EBUSY, pthread_mutex_trylock(&held));
    return (int)(long)status;
}

static void *stay_alive(void *unused)
{
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    return unused;
}

static void make_children(void)
{
    char *stack = malloc(STACK_SIZE);
    pid_t child = _Fork();
    if (child == 0)
        _exit(use_locks((void *)1));
    fact_child_end("_Fork", child);

    child = (pid_t)syscall(SYS_fork);
    if (child == 0)
        _exit(use_locks((void *)2));
    fact_child_end("fork system call", child);

    child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        _exit(use_locks((void *)3));
    fact_child_end("clone system call", child);

    child = clone(use_locks, stack + STACK_SIZE, SIGCHLD, (void *)4);
    fact_child_end("clone", child);
    free(stack);
}

int main(void)
{
    pthread_t thread;
    pthread_mutex_lock(&held);
    use_locks(NULL);
    make_children();
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&thread, NULL, stay_alive, NULL);
    pthread_barrier_wait(&barrier);
    fact_say("-- beside a thread");
    make_children();
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
    FACT_RESULT(0, pthread_mutex_unlock(&held));
    return fact_status();
}
