/* Much is done between the two locks, and other locks are used meanwhile.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t memory = PTHREAD_MUTEX_INITIALIZER;
static long sum;    /* protected by lock_a and lock_b */
static long chunks; /* protected by memory */

static NOINLINE void work_with_memory(void)
{
    for (int i = 0; i < 50; i++) {
        lock(&memory);
        chunks++;
        unlock(&memory);
        work(2000);
    }
}

static void a_then_b(void)
{
    lock(&lock_a);
    work_with_memory();
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
}

static void b_then_a(void)
{
    lock(&lock_b);
    work_with_memory();
    lock(&lock_a);
    sum += 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(void)
{
    RUN_APART(2 * APART_MS, a_then_b, b_then_a);
    return finish(sum * 1000 + chunks, 3100);
}
