/* The second thread begins when a byte comes through a pipe, which the first one writes at its end.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/prove/prove.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static int ends[2];
static long sum; /* protected by both locks */

static void a_then_b(void)
{
    lock(&lock_a);
    lock(&lock_b);
    sum += 1;
    unlock(&lock_b);
    unlock(&lock_a);
    must_be(write(ends[1], "x", 1) == 1, "write works");
}

static void b_then_a(void)
{
    char byte;

    must_be(read(ends[0], &byte, 1) == 1, "read works");
    lock(&lock_b);
    lock(&lock_a);
    sum *= 2;
    unlock(&lock_a);
    unlock(&lock_b);
}

int main(void)
{
    must_be(pipe(ends) == 0, "pipe works");
    RUN_APART(0, a_then_b, b_then_a);
    return finish(sum, 2);
}
