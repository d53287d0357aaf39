/* Both orders, but only by who has the one token, a byte in a pipe.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

#define ROUNDS 50

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static int ends[2];
static long sum; /* protected by both locks */

static void nest_with_token(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    char token;

    must_be(read(ends[0], &token, 1) == 1, "read works");
    lock(outer);
    lock(inner);
    sum++;
    unlock(inner);
    unlock(outer);
    must_be(write(ends[1], &token, 1) == 1, "write works");
}

static void a_then_b(void)
{
    for (int i = 0; i < ROUNDS; i++)
        nest_with_token(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    for (int i = 0; i < ROUNDS; i++)
        nest_with_token(&lock_b, &lock_a);
}

int main(void)
{
    must_be(pipe(ends) == 0 && write(ends[1], "t", 1) == 1, "the token is there");
    RUN_APART(0, a_then_b, b_then_a);
    return finish(sum, 2 * ROUNDS);
}
