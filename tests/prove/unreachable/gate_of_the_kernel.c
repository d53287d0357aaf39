/* Both orders, behind a mutex of the program's own that sleeps by the system call futex.
 * verdict: finding locks=lock_a,lock_b */
#include <linux/futex.h>
#include <sys/syscall.h>
#include "tests/prove/prove.h"

#define ROUNDS 100

static int gate; /* atomic: 0 free, 1 taken, 2 taken and perhaps waited for */
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by both locks */

static void enter(void)
{
    while (__atomic_exchange_n(&gate, 2, __ATOMIC_ACQUIRE) != 0)
        syscall(SYS_futex, &gate, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
}

static void leave(void)
{
    if (__atomic_exchange_n(&gate, 0, __ATOMIC_RELEASE) == 2)
        syscall(SYS_futex, &gate, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void nest_inside(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    enter();
    lock(outer);
    lock(inner);
    sum++;
    unlock(inner);
    unlock(outer);
    leave();
}

static void a_then_b(void)
{
    for (int i = 0; i < ROUNDS; i++)
        nest_inside(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    for (int i = 0; i < ROUNDS; i++)
        nest_inside(&lock_b, &lock_a);
}

int main(void)
{
    RUN_APART(0, a_then_b, b_then_a);
    return finish(sum, 2 * ROUNDS);
}
