/* A cancelled thread's clean-up handler wants the mutex under which it is joined.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_a wants=end?of?* in=cancel_and_join
 * wait: wants=lock_a in=clean_up */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE void clean_up(void *mutex)
{
    lock((pthread_mutex_t *)mutex);
    unlock((pthread_mutex_t *)mutex);
}

static void sleep_until_cancelled(void)
{
    pthread_cleanup_push(clean_up, &lock_a);
    always_meet(2);
    pause();
    pthread_cleanup_pop(1);
}

static NOINLINE void cancel_and_join(void)
{
    static const body_function body = sleep_until_cancelled;
    pthread_t thread = start(&body);

    always_meet(2);
    lock(&lock_a);
    must(pthread_cancel(thread), "pthread_cancel");
    if (is_fixed)
        unlock(&lock_a);
    must(pthread_join(thread, NULL), "pthread_join");
    if (!is_fixed)
        unlock(&lock_a);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    cancel_and_join();
    return end();
}
