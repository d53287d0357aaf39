/* A function run at exit takes the opposite order of a thread nobody joined.
 * verdict: finding locks=lock_a,lock_b
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=at_exit */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void at_exit(void)
{
    nest(&lock_b, &lock_a);
    puts("at exit");
}

static void *a_then_b(void *unused)
{
    (void)unused;
    nest(&lock_a, &lock_b);
    end_turn();
    return NULL;
}

int main(void)
{
    pthread_t thread;

    must_be(atexit(at_exit) == 0, "atexit");
    must(pthread_create(&thread, NULL, a_then_b, NULL), "pthread_create");
    must(pthread_detach(thread), "pthread_detach");
    wait_for_turn(1);
    puts("done");
    return 0;
}
