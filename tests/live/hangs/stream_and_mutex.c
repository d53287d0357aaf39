/* A stream's lock and a mutex, as a logger and its caller take them.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_a in=mutex_then_stream
 * wait: wants=lock_a in=stream_then_mutex */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void stream_then_mutex(void)
{
    flockfile(stderr);
    meet(2);
    lock(&lock_a);
    unlock(&lock_a);
    funlockfile(stderr);
}

static NOINLINE void mutex_then_stream(void)
{
    if (is_fixed) {
        stream_then_mutex();
        return;
    }
    lock(&lock_a);
    meet(2);
    flockfile(stderr);
    funlockfile(stderr);
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(stream_then_mutex, mutex_then_stream);
    return end();
}
