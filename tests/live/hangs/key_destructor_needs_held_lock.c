/* The destructor of a thread's key wants the mutex under which the thread is joined.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=lock_a wants=end?of?* in=join_under_a
 * wait: wants=lock_a in=destroy_value */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t key;

static NOINLINE void destroy_value(void *value)
{
    (void)value;
    lock(&lock_a);
    unlock(&lock_a);
}

static void leave_with_a_value(void)
{
    must(pthread_setspecific(key, &lock_a), "pthread_setspecific");
    always_meet(2);
}

static NOINLINE void join_under_a(void)
{
    static const body_function body = leave_with_a_value;
    pthread_t thread;

    must(pthread_key_create(&key, destroy_value), "pthread_key_create");
    thread = start(&body);
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
