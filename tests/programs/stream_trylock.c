/* A stream's lock and a mutex in both orders, but the stream's lock is only tried.
 * verdict: clean dismissed=trylock */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void a_then_try_stream(void)
{
    pthread_mutex_lock(&lock_a);
    must(ftrylockfile(stdout), "try the stream");
    funlockfile(stdout);
    pthread_mutex_unlock(&lock_a);
}

static void stream_then_a(void)
{
    flockfile(stdout);
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    funlockfile(stdout);
}

int main(void)
{
    RUN_IN_TURN(a_then_try_stream, stream_then_a);
    puts("done");
    return 0;
}
