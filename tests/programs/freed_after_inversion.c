/* A true inversion of two mutexes on the heap; both are destroyed and freed before the program
 * ends.
 * verdict: finding locks=*
 * step: in=nest_first_second
 * step: in=nest_second_first */
#include "tests/programs/support.h"

static pthread_mutex_t *first;
static pthread_mutex_t *second;

static pthread_mutex_t *new_mutex(void)
{
    pthread_mutex_t *mutex = (pthread_mutex_t *)malloc(sizeof *mutex);

    must_be(mutex != NULL, "malloc");
    must(pthread_mutex_init(mutex, NULL), "pthread_mutex_init");
    return mutex;
}

static void nest_first_second(void)
{
    nest(first, second);
}

static void nest_second_first(void)
{
    nest(second, first);
}

int main(void)
{
    first = new_mutex();
    second = new_mutex();
    RUN_IN_TURN(nest_first_second, nest_second_first);
    must(pthread_mutex_destroy(first), "pthread_mutex_destroy");
    must(pthread_mutex_destroy(second), "pthread_mutex_destroy");
    free(first);
    free(second);
    puts("done");
    return 0;
}
