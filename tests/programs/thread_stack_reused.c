/* Local mutexes on the stack of a thread that ends; the next thread gets the same stack and has
 * its own there, nested in the other order by itself. A third thread, which nothing orders with
 * either, nests the first pair.
 * verdict: clean */
#include "tests/programs/support.h"

static pthread_mutex_t *pair;

static NOINLINE void *owner(void *swap)
{
    pthread_mutex_t locks[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
    pthread_mutex_t *const old = pair;
    bool swapped = swap != NULL;

    pair = locks;
    if (swapped) {
        must_be(pair == old, "both pairs lie at one address");
        nest(&locks[1], &locks[0]);
        return NULL;
    }
    end_turn();
    wait_for_turn(2);
    return NULL;
}

static void *nest_the_first_pair(void *unused)
{
    (void)unused;
    wait_for_turn(1);
    nest(&pair[0], &pair[1]);
    end_turn();
    wait_for_turn(3);
    return NULL;
}

int main(void)
{
    pthread_t stranger, thread;

    must(pthread_create(&stranger, NULL, nest_the_first_pair, NULL), "pthread_create");
    must(pthread_create(&thread, NULL, owner, NULL), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
    must(pthread_create(&thread, NULL, owner, &pair), "pthread_create");
    must(pthread_join(thread, NULL), "pthread_join");
    end_turn();
    must(pthread_join(stranger, NULL), "pthread_join");
    puts("done");
    return 0;
}
