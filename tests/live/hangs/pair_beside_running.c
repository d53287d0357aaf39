/* Two threads hang while two more take and release other mutexes, and one of theirs by trying.
 * verdict: deadlock
 * threads: 2
 * stuck behind: 0
 * wait: holds=lock_b wants=lock_a in=b_then_a
 * wait: holds=lock_a wants=lock_b in=a_then_b */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;
static int left = 2;

static void a_then_b(void)
{
    hold_two(&lock_a, &lock_b, 2);
    __atomic_sub_fetch(&left, 1, __ATOMIC_SEQ_CST);
}

static void b_then_a(void)
{
    if (is_fixed)
        hold_two(&lock_a, &lock_b, 2);
    else
        hold_two(&lock_b, &lock_a, 2);
    __atomic_sub_fetch(&left, 1, __ATOMIC_SEQ_CST);
}

static void go_on(void)
{
    while (__atomic_load_n(&left, __ATOMIC_SEQ_CST) > 0) {
        lock(&other);
        if (pthread_mutex_trylock(&lock_a) == 0)
            unlock(&lock_a);
        unlock(&other);
        usleep(1000);
    }
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(a_then_b, b_then_a, go_on, go_on);
    return end();
}
