/* A number that each thread draws decides in which order it takes the locks, and only one thread
 * can draw the number of the second order: after all others are through, by the number itself.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

#define THREADS 4

static int drawn, through; /* atomic */
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by both locks */

static NOINLINE void a_then_b(void)
{
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
}

static NOINLINE void b_then_a(void)
{
    lock(&lock_b);
    lock(&lock_a);
    sum *= 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

static void draw(void)
{
    int number = __atomic_fetch_add(&drawn, 1, __ATOMIC_SEQ_CST);

    if (number < THREADS - 1) {
        a_then_b();
        __atomic_fetch_add(&through, 1, __ATOMIC_SEQ_CST);
        return;
    }
    while (__atomic_load_n(&through, __ATOMIC_SEQ_CST) < number)
        usleep(50);
    b_then_a();
}

int main(void)
{
    RUN_APART(0, draw, draw, draw, draw);
    return finish(sum, 2 * (THREADS - 1));
}
