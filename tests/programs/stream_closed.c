/* Each order with another stream that lies where the one before was: fclose ends its lock.
 * verdict: clean */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static FILE *stream;

static void *a_then_stream(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock_a);
    flockfile(stream);
    funlockfile(stream);
    pthread_mutex_unlock(&lock_a);
    end_turn();
    return NULL;
}

static void *stream_then_a(void *unused)
{
    (void)unused;
    wait_for_turn(2);
    flockfile(stream);
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    funlockfile(stream);
    return NULL;
}

int main(void)
{
    pthread_t first, second;

    stream = fopen("/dev/null", "w");
    must(pthread_create(&first, NULL, a_then_stream, NULL), "pthread_create");
    must(pthread_create(&second, NULL, stream_then_a, NULL), "pthread_create");
    wait_for_turn(1);
    const FILE *closed = stream;
    fclose(stream);
    stream = fopen("/dev/null", "w");
    must_be(stream == closed, "the same address");
    end_turn();
    must(pthread_join(first, NULL), "pthread_join");
    must(pthread_join(second, NULL), "pthread_join");
    fclose(stream);
    puts("done");
    return 0;
}
