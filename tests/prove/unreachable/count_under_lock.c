/* The second order begins when a count says that the first one is done. The count has a lock, but
 * that lock orders nothing: what it guards does.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

#define ROUNDS 10

static pthread_mutex_t count_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static int count; /* protected by count_lock */
static long sum;  /* protected by lock_a and lock_b */

static void add_to_count(void)
{
    lock(&count_lock);
    count++;
    unlock(&count_lock);
}

static bool is_counted(void)
{
    lock(&count_lock);
    bool is_all = count == ROUNDS;
    unlock(&count_lock);
    return is_all;
}

static void a_then_b(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        lock(&lock_a);
        lock(&lock_b);
        sum += 1;
        unlock(&lock_b);
        unlock(&lock_a);
        add_to_count();
    }
}

static void b_then_a(void)
{
    while (!is_counted())
        sleep_ms(1);
    lock(&lock_b);
    lock(&lock_a);
    sum *= 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(void)
{
    RUN_APART(0, a_then_b, b_then_a);
    return finish(sum, 2 * ROUNDS);
}
