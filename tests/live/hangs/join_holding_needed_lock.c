/* A thread is joined under the mutex that it needs. The twin lets go of the mutex first.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_a wants=end?of?* in=join_under_a
 * wait: wants=lock_a in=take_a */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void take_a(void)
{
    always_meet(2);
    lock(&lock_a);
    unlock(&lock_a);
}

static NOINLINE void join_under_a(void)
{
    static const body_function body = take_a;
    pthread_t thread = start(&body);

    lock(&lock_a);
    always_meet(2);
    if (is_fixed)
        unlock(&lock_a);
    must(pthread_join(thread, NULL), "pthread_join");
    if (!is_fixed)
        unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    join_under_a();
    return end();
}
