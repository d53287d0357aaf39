/* Twenty thousand mutexes are used and freed, then one pair is inverted.
 * verdict: finding locks=lock_a,lock_b */
#include "tests/programs/support.h"

#define ROUNDS 20000

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void use_and_free_many(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_t *mutex = (pthread_mutex_t *)malloc(sizeof *mutex);

        must_be(mutex != NULL, "malloc");
        must(pthread_mutex_init(mutex, NULL), "pthread_mutex_init");
        nest(&lock_a, mutex);
        must(pthread_mutex_destroy(mutex), "pthread_mutex_destroy");
        free(mutex);
    }
}

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(void)
{
    RUN_IN_TURN(use_and_free_many, a_then_b, b_then_a);
    puts("done");
    return 0;
}
