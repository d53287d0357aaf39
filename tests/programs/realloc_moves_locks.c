/* A block with two mutexes moves when it grows; the next block takes its place and has mutexes of
 * its own at the same addresses, nested in the other order.
 * verdict: clean */
#include "tests/programs/support.h"

struct pair {
    pthread_mutex_t first;
    pthread_mutex_t second;
};

static struct pair *pair;

static struct pair *fill(void *memory)
{
    struct pair *filled = (struct pair *)memory;

    must_be(filled != NULL, "allocation");
    filled->first = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    filled->second = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    return filled;
}

static void first_then_second(void)
{
    nest(&pair->first, &pair->second);
}

static void grow_and_allocate_again(void)
{
    struct pair *const old = pair;
    void *stopper = malloc(sizeof *pair); /* keeps the block from growing where it is */
    void *grown = realloc(pair, 100 * sizeof *pair);

    must_be(grown != NULL && grown != old, "realloc moves the block");
    pair = fill(malloc(sizeof *pair));
    must_be(pair == old, "the old block is used again");
    free(grown);
    free(stopper);
}

static void second_then_first(void)
{
    nest(&pair->second, &pair->first);
}

int main(void)
{
    pair = fill(malloc(sizeof *pair));
    RUN_IN_TURN(first_then_second, grow_and_allocate_again, second_then_first);
    free(pair);
    puts("done");
    return 0;
}
