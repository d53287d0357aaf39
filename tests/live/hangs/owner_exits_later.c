/* The owner ends only when main already waits for its mutex.
 * verdict: deadlock
 * threads: 1
 * wait: thread=main wants=lock_a in=take_a */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pid_t waiter;

static void leave_with_a(void)
{
    lock(&lock_a);
    always_meet(2);
    wait_until_asleep(&waiter);
    if (is_fixed)
        unlock(&lock_a);
    puts("leaves");
}

static NOINLINE void take_a(void)
{
    always_meet(2);
    __atomic_store_n(&waiter, gettid(), __ATOMIC_SEQ_CST);
    lock(&lock_a);
    unlock(&lock_a);
}

int main(int argc, char **argv)
{
    static const body_function body = leave_with_a;
    pthread_t thread;

    begin(argc, argv);
    thread = start(&body);
    take_a();
    must(pthread_join(thread, NULL), "pthread_join");
    return end();
}
