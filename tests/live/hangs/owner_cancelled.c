/* A thread is cancelled at a cancellation point while it holds a mutex. The twin has a clean-up
 * handler.
 * verdict: deadlock
 * threads: 1
 * wait: thread=main wants=lock_a in=take_a */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static void unlock_it(void *mutex)
{
    if (is_fixed)
        unlock((pthread_mutex_t *)mutex);
}

static void hold_until_cancelled(void)
{
    lock(&lock_a);
    pthread_cleanup_push(unlock_it, &lock_a);
    always_meet(2);
    pause();
    pthread_cleanup_pop(1);
}

static NOINLINE void take_a(void)
{
    lock(&lock_a);
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    static const body_function body = hold_until_cancelled;
    pthread_t thread;

    begin(argc, argv);
    thread = start(&body);
    always_meet(2);
    must(pthread_cancel(thread), "pthread_cancel");
    must(pthread_join(thread, NULL), "pthread_join");
    take_a();
    return end();
}
