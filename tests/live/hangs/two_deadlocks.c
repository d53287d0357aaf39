/* Two circles that have nothing in common, the second one closed when the first one stands.
 * policy: continue
 * verdict: deadlock
 * threads: 2
 * wait: wants=lock_b in=a_then_b
 * verdict: deadlock
 * threads: 2
 * wait: wants=lock_d in=c_then_d */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_c = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_d = PTHREAD_MUTEX_INITIALIZER;
static pid_t first, second;

/* Like hold_two(), and says which thread has met before it waits. */
static void hold_two_as(pid_t *tid, pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    lock(outer);
    meet(2);
    __atomic_store_n(tid, gettid(), __ATOMIC_SEQ_CST);
    lock(inner);
    unlock(inner);
    unlock(outer);
}

static void a_then_b(void)
{
    hold_two_as(&first, &lock_a, &lock_b);
}

static void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        hold_two_as(&second, &lock_b, &lock_a);
}

static void wait_for_the_first_two(void)
{
    if (is_fixed)
        return;
    wait_until_asleep(&first);
    wait_until_asleep(&second);
}

static void c_then_d(void)
{
    wait_for_the_first_two();
    hold_two(&lock_c, &lock_d, 2);
}

static void d_then_c(void)
{
    wait_for_the_first_two();
    if (is_fixed)
        hold_two(&lock_c, &lock_d, 2);
    else
        hold_two(&lock_d, &lock_c, 2);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(a_then_b, b_then_a, c_then_d, d_then_c);
    return end();
}
