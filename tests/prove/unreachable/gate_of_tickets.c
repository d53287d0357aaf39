/* Both orders, behind a gate of tickets: atomic counters, first come, first served.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

#define ROUNDS 100

static int next_ticket, now_served; /* atomic */
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by both locks */

static void enter(void)
{
    int ticket = __atomic_fetch_add(&next_ticket, 1, __ATOMIC_SEQ_CST);

    while (__atomic_load_n(&now_served, __ATOMIC_SEQ_CST) != ticket)
        usleep(50);
}

static void leave(void)
{
    __atomic_fetch_add(&now_served, 1, __ATOMIC_SEQ_CST);
}

static void a_then_b(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        enter();
        lock(&lock_a);
        lock(&lock_b);
        sum += 1;
        unlock(&lock_b);
        unlock(&lock_a);
        leave();
    }
}

static void b_then_a(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        enter();
        lock(&lock_b);
        lock(&lock_a);
        sum += 2;
        unlock(&lock_a);
        unlock(&lock_b);
        leave();
    }
}

int main(void)
{
    RUN_APART(0, a_then_b, b_then_a);
    return finish(sum, 3 * ROUNDS);
}
