/* A pool hands an object out again with its locks as they are: they are the same, for all anybody
 * can see, and two owners that overlap would meet.
 * verdict: finding locks=mutex*,mutex*
 * step: in=a_then_b
 * step: in=b_then_a */
#include "tests/programs/support.h"

struct object {
    pthread_mutex_t a, b;
};

static struct object *pool_memory;

static struct object *pool_take(void)
{
    if (!pool_memory)
        pool_memory = (struct object *)calloc(1, sizeof(*pool_memory));
    must_be(pool_memory != NULL, "calloc");
    return pool_memory;
}

static NOINLINE void a_then_b(void)
{
    struct object *object = pool_take();

    nest(&object->a, &object->b);
}

static NOINLINE void b_then_a(void)
{
    struct object *object = pool_take();

    nest(&object->b, &object->a);
}

int main(void)
{
    RUN_IN_TURN(a_then_b, b_then_a);
    return 0;
}
