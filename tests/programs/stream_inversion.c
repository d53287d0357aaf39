/* A stream's lock (flockfile) and a mutex in both orders.
 * verdict: finding locks=lock_a,stream*
 * step: holds=lock_a requests=stream* in=a_then_stream
 * step: holds=stream* requests=lock_a in=stream_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static FILE *stream;

static void a_then_stream(void)
{
    pthread_mutex_lock(&lock_a);
    flockfile(stream);
    flockfile(stream);
    putc_unlocked('a', stream);
    funlockfile(stream);
    funlockfile(stream);
    pthread_mutex_unlock(&lock_a);
}

static void stream_then_a(void)
{
    flockfile(stream);
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
    funlockfile(stream);
}

int main(void)
{
    stream = fopen("/dev/null", "w");
    RUN_IN_TURN(a_then_stream, stream_then_a);
    fclose(stream);
    puts("done");
    return 0;
}
