/* The second order only tries, or waits a short time, for its second lock, and gives way.
 * verdict: clean dismissed=any
 * cases: try timed */
#include "tests/prove/prove.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static bool is_timed;
static long sum; /* protected by both locks */

static void a_then_b(void)
{
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
}

static bool got_a(void)
{
    if (!is_timed)
        return pthread_mutex_trylock(&lock_a) == 0;

    struct timespec soon = seconds_from_now(CLOCK_REALTIME, 0);

    soon.tv_nsec = soon.tv_nsec < 900000000 ? soon.tv_nsec + 1000000 : soon.tv_nsec;
    return pthread_mutex_timedlock(&lock_a, &soon) == 0;
}

static void b_then_a(void)
{
    lock(&lock_b);
    while (!got_a()) {
        unlock(&lock_b);
        sleep_ms(1);
        lock(&lock_b);
    }
    sum += 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(int argc, char **argv)
{
    is_timed = is_case(argc, argv, "timed");
    RUN_APART(APART_MS, a_then_b, b_then_a);
    return finish(sum, 3);
}
