/* A thread that no hook saw start is still there when everyone else is blocked, and ends soon: it
 * might have helped, but does not.
 * verdict: deadlock
 * threads: 1
 * wait: thread=main wants=ready in=wait_for_it */
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static bool is_ready;
static char stack[64 << 10] __attribute__((aligned(16)));

/* It has no thread-local storage of its own: nothing but system calls that succeed. */
static int sleep_for_a_while(void *unused)
{
    static const struct timespec while_all_block = {.tv_nsec = 100000000};
    (void)unused;
    syscall(SYS_nanosleep, &while_all_block, NULL);
    syscall(SYS_exit, 0);
    return 0;
}

static NOINLINE void wait_for_it(void)
{
    lock(&lock_a);
    while (!is_ready)
        must(pthread_cond_wait(&ready, &lock_a), "pthread_cond_wait");
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    is_ready = is_fixed;
    if (clone(sleep_for_a_while, stack + sizeof(stack),
              CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM,
              NULL) < 0)
        return 1;
    wait_for_it();
    return end();
}
