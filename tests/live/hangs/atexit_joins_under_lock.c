/* The hang comes after main has returned: an exit handler joins a thread that waits for the mutex
 * that the handler holds.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_a wants=end?of?* in=stop_worker
 * wait: wants=lock_a in=work */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_t worker;

static void work(void)
{
    always_meet(2);
    lock(&lock_a);
    unlock(&lock_a);
}

static NOINLINE void stop_worker(void)
{
    lock(&lock_a);
    always_meet(2);
    if (is_fixed)
        unlock(&lock_a);
    must(pthread_join(worker, NULL), "pthread_join");
    if (!is_fixed)
        unlock(&lock_a);
}

int main(int argc, char **argv)
{
    static const body_function body = work;

    begin(argc, argv);
    must(atexit(stop_worker), "atexit");
    worker = start(&body);
    return end();
}
