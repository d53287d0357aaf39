/* A once routine ends its thread: the control is open again, and what the thread locks on its way
 * out is not locked inside the routine.
 * verdict: clean */
#include "tests/programs/support.h"

static pthread_once_t control = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t key;

static void take_a(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock_a);
    pthread_mutex_unlock(&lock_a);
}

static void leave(void)
{
    end_turn();
    pthread_exit(NULL);
}

static void leave_in_the_middle(void)
{
    must(pthread_setspecific(key, &key), "pthread_setspecific");
    must(pthread_once(&control, leave), "pthread_once");
}

static void succeed(void)
{
    puts("initialised");
}

static void call_with_a(void)
{
    pthread_mutex_lock(&lock_a);
    must(pthread_once(&control, succeed), "pthread_once");
    pthread_mutex_unlock(&lock_a);
}

int main(void)
{
    must(pthread_key_create(&key, take_a), "pthread_key_create");
    RUN_IN_TURN(leave_in_the_middle, call_with_a);
    puts("done");
    return 0;
}
