/* Two kinds of lock in both orders, but of different objects: no two locks are ever inverted.
 * verdict: clean */
#include "tests/programs/support.h"

struct object {
    pthread_mutex_t head;
    pthread_mutex_t body;
};

static struct object *objects[2];

static struct object *new_object(void)
{
    struct object *object = (struct object *)malloc(sizeof *object);

    must_be(object != NULL, "malloc");
    must(pthread_mutex_init(&object->head, NULL), "pthread_mutex_init");
    must(pthread_mutex_init(&object->body, NULL), "pthread_mutex_init");
    return object;
}

static void head_then_body(void)
{
    nest(&objects[0]->head, &objects[0]->body);
}

static void body_then_head(void)
{
    nest(&objects[1]->body, &objects[1]->head);
}

int main(void)
{
    for (int i = 0; i < 2; i++)
        objects[i] = new_object();
    RUN_IN_TURN(head_then_body, body_then_head);
    puts("done");
    return 0;
}
