/* Memory is freed with a mutex in it that another thread holds.
 * misuse: free-held in=bad,main
 * silent: fixed */
#include "tests/misuse/misuse.h"

struct object {
    int value;
    pthread_mutex_t lock;
};
static struct object *object;

static void *hold(void *unused)
{
    pthread_mutex_lock(&object->lock);
    end_turn();
    wait_for_turn(2);
    return unused;
}

static void *hold_and_release(void *unused)
{
    pthread_mutex_lock(&object->lock);
    pthread_mutex_unlock(&object->lock);
    end_turn();
    return unused;
}

static void make(void)
{
    object = (struct object *)malloc(sizeof *object);
    must_be(object != NULL, "memory");
    must(pthread_mutex_init(&object->lock, NULL), "init");
}

static void bad(void)
{
    make();
    pthread_t thread = start(hold, NULL);
    wait_for_turn(1);
    free(object);
    end_turn();
    join(thread);
}

static void fixed(void)
{
    make();
    pthread_t thread = start(hold_and_release, NULL);
    wait_for_turn(1);
    free(object);
    join(thread);
}

VARIANTS({"bad", bad}, {"fixed", fixed})
