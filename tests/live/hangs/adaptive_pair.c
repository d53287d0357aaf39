/* Two adaptive mutexes, which spin for a while before they sleep.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include "tests/live/live.h"

static pthread_mutex_t lock_a, lock_b;

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
    init_mutex_of_type(&lock_a, PTHREAD_MUTEX_ADAPTIVE_NP);
    init_mutex_of_type(&lock_b, PTHREAD_MUTEX_ADAPTIVE_NP);
    RUN_TOGETHER(a_then_b, b_then_a);
    return end();
}
