/* One thread holds two locks when it takes the third, another one the third when it takes the first
 * one: that between is only held.
 * verdict: finding locks=lock_a,lock_c */
#include "tests/prove/prove.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_c = PTHREAD_MUTEX_INITIALIZER;
static long sum; /* protected by lock_a and lock_c */

static void a_b_c(void)
{
    lock(&lock_a);
    lock(&lock_b);
    lock(&lock_c);
    sum += 1;
    unlock(&lock_c);
    unlock(&lock_b);
    unlock(&lock_a);
}

static void c_a(void)
{
    lock(&lock_c);
    lock(&lock_a);
    sum += 2;
    unlock(&lock_a);
    unlock(&lock_c);
}

int main(void)
{
    RUN_APART(APART_MS, a_b_c, c_a);
    return finish(sum, 3);
}
