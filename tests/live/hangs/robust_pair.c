/* Two robust mutexes: both owners live, so nothing is inherited.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include "tests/live/live.h"

static pthread_mutex_t lock_a, lock_b;

static void init_robust(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;

    must(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
    must(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), "set the attribute");
    must(pthread_mutex_init(mutex, &attributes), "pthread_mutex_init");
}

static void a_then_b(void)
{
    hold_two(&lock_a, &lock_b, 2);
}

static void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        hold_two(&lock_b, &lock_a, 2);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_robust(&lock_a);
    init_robust(&lock_b);
    RUN_TOGETHER(a_then_b, b_then_a);
    return end();
}
