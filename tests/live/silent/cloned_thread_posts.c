/* A thread that no library call made, and that makes none, posts: nothing here knows of it.
 * verdict: silent */
#include <linux/futex.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

enum { STACK_BYTES = 64 * 1024, TIMES = 20 };

static sem_t units;
static char stack[STACK_BYTES] __attribute__((aligned(16)));

/* What sem_post does, without the thread state that the C library's functions may want. */
static int post_in_a_while(void *unused)
{
    const struct timespec while_ = {.tv_nsec = 30 * 1000 * 1000};

    (void)unused;
    for (int i = 0; i < TIMES; i++) {
        syscall(SYS_nanosleep, &while_, NULL);
        __atomic_fetch_add((uint64_t *)&units, 1, __ATOMIC_SEQ_CST);
        syscall(SYS_futex, &units, FUTEX_WAKE_PRIVATE, 1);
    }
    syscall(SYS_exit, 0);
    return 0;
}

int main(int argc, char **argv)
{
    const int shared =
        CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;

    begin(argc, argv);
    init_semaphore(&units, 0);
    must_be(clone(post_in_a_while, stack + sizeof stack, shared, NULL) > 0, "clone");
    for (int i = 0; i < TIMES; i++)
        wait_semaphore(&units);
    return end();
}
