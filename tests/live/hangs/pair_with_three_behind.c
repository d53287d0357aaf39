/* Three more threads already wait behind the two whose circle closes.
 * verdict: deadlock
 * threads: 2
 * stuck behind: 3
 * wait: thread=main holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include "tests/live/live.h"

enum { BEHIND = 3 };

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pid_t behind[BEHIND];
static int next_behind;

static void wait_behind(void)
{
    int number = __atomic_fetch_add(&next_behind, 1, __ATOMIC_SEQ_CST);

    meet(2 + BEHIND);
    __atomic_store_n(&behind[number], gettid(), __ATOMIC_SEQ_CST);
    lock(number == 0 ? &lock_a : &lock_b);
    unlock(number == 0 ? &lock_a : &lock_b);
}

static void hold_until_all_wait(pthread_mutex_t *first, pthread_mutex_t *second)
{
    lock(first);
    meet(2 + BEHIND);
    for (int i = 0; i < BEHIND && !is_fixed; i++)
        wait_until_asleep(&behind[i]);
    lock(second);
    unlock(second);
    unlock(first);
}

static void a_then_b(void)
{
    hold_until_all_wait(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        hold_until_all_wait(&lock_b, &lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(wait_behind, wait_behind, wait_behind, a_then_b, b_then_a);
    return end();
}
