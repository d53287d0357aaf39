/* A thread ends with a mutex held; main wants it.
 * verdict: deadlock
 * threads: 1
 * wait: thread=main wants=lock_a in=take_a */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void leave_with_a(void)
{
    lock(&lock_a);
    if (is_fixed)
        unlock(&lock_a);
    puts("leaves");
}

static NOINLINE void take_a(void)
{
    lock(&lock_a);
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    static const body_function body = leave_with_a;

    begin(argc, argv);
    must(pthread_join(start(&body), NULL), "pthread_join");
    take_a();
    return end();
}
