/* As ordered_by_join, with the timed and the trying join; then the main thread takes the first
 * order.
 * verdict: clean dismissed=ordered */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void *a_then_b(void *unused)
{
    (void)unused;
    nest(&lock_a, &lock_b);
    return NULL;
}

static void *b_then_a(void *unused)
{
    (void)unused;
    nest(&lock_b, &lock_a);
    return NULL;
}

int main(void)
{
    struct timespec when = seconds_from_now(CLOCK_REALTIME, 10);
    pthread_t thread;

    must(pthread_create(&thread, NULL, a_then_b, NULL), "pthread_create");
    must(pthread_timedjoin_np(thread, NULL, &when), "pthread_timedjoin_np");
    must(pthread_create(&thread, NULL, b_then_a, NULL), "pthread_create");
    while (pthread_tryjoin_np(thread, NULL) != 0)
        usleep(50);
    nest(&lock_a, &lock_b);
    puts("done");
    return 0;
}
