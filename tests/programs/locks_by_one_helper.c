/* Two mutexes that a helper makes for two functions: each is told by the helper and its caller.
 * verdict: finding locks=mutex*make*from*make_first*,mutex*make*from*make_second* */
#include "tests/programs/support.h"

static pthread_mutex_t *first, *second;

static NOINLINE pthread_mutex_t *make(void)
{
    pthread_mutex_t *mutex = (pthread_mutex_t *)malloc(sizeof(*mutex));

    must_be(mutex != NULL, "malloc");
    must(pthread_mutex_init(mutex, NULL), "pthread_mutex_init");
    return mutex;
}

static NOINLINE void make_first(void)
{
    first = make();
}

static NOINLINE void make_second(void)
{
    second = make();
}

static void first_then_second(void)
{
    nest(first, second);
}

static void second_then_first(void)
{
    nest(second, first);
}

int main(void)
{
    make_first();
    make_second();
    RUN_IN_TURN(first_then_second, second_then_first);
    return 0;
}
