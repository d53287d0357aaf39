/* A pool hands the same memory out again; each owner initialises its locks, so they are others,
 * although nothing was freed or destroyed.
 * verdict: clean */
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
    must(pthread_mutex_init(&pool_memory->a, NULL), "pthread_mutex_init");
    must(pthread_mutex_init(&pool_memory->b, NULL), "pthread_mutex_init");
    return pool_memory;
}

static void a_then_b(void)
{
    struct object *object = pool_take();

    nest(&object->a, &object->b);
}

static void b_then_a(void)
{
    struct object *object = pool_take();

    nest(&object->b, &object->a);
}

int main(void)
{
    RUN_IN_TURN(a_then_b, b_then_a);
    return 0;
}
