/* Mutexes in freed memory, never destroyed; new ones at the same addresses, in the other order.
 * They are other locks: each pair is nested in one order only.
 * verdict: clean */
#include "tests/programs/support.h"

static pthread_mutex_t *outer;
static pthread_mutex_t *inner;

static pthread_mutex_t *new_mutex(void)
{
    pthread_mutex_t *mutex = (pthread_mutex_t *)malloc(sizeof *mutex);

    must_be(mutex != NULL, "malloc");
    *mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER; /* no call that tells of the birth */
    return mutex;
}

static void nest_the_pair(void)
{
    nest(outer, inner);
}

static void free_and_allocate_again(void)
{
    void *const old_outer = outer;
    void *const old_inner = inner;

    free(outer);
    free(inner);
    outer = new_mutex();
    inner = new_mutex();
    must_be(outer == old_inner && inner == old_outer,
            "freed memory is used again, last in first out");
}

int main(void)
{
    outer = new_mutex();
    inner = new_mutex();
    RUN_IN_TURN(nest_the_pair, free_and_allocate_again, nest_the_pair);
    puts("done");
    return 0;
}
