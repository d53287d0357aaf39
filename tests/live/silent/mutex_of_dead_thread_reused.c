/* A thread ends holding a mutex that is made anew before another thread takes it.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_mutex_t lock_a;

static void leave_with_a(void)
{
    lock(&lock_a);
    puts("leaves");
}

int main(void)
{
    static const body_function body = leave_with_a;

    must(pthread_mutex_init(&lock_a, NULL), "pthread_mutex_init");
    must(pthread_join(start(&body), NULL), "pthread_join");
    memset(&lock_a, 0, sizeof lock_a);
    must(pthread_mutex_init(&lock_a, NULL), "pthread_mutex_init");
    lock(&lock_a);
    unlock(&lock_a);
    return end();
}
