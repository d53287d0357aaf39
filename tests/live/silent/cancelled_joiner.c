/* A thread joins the one that waits for its mutex, until it is cancelled: a circle that was never
 * closed for good, because the cancellation was pending when the join began.
 * verdict: silent */
#include "tests/live/live.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_t worker;

static void take_a(void)
{
    meet(2);
    lock(&lock_a);
    unlock(&lock_a);
}

static void give_back(void *mutex)
{
    unlock((pthread_mutex_t *)mutex);
}

static void join_under_a(void)
{
    static const body_function body = take_a;
    int state;

    must(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state), "pthread_setcancelstate");
    lock(&lock_a);
    pthread_cleanup_push(give_back, &lock_a);
    worker = start(&body);
    meet(2);
    must(pthread_cancel(pthread_self()), "pthread_cancel");
    must(pthread_setcancelstate(state, NULL), "pthread_setcancelstate");
    pthread_join(worker, NULL);
    pthread_cleanup_pop(1);
}

int main(void)
{
    static const body_function body = join_under_a;

    must(pthread_join(start(&body), NULL), "pthread_join");
    must(pthread_join(worker, NULL), "pthread_join");
    return end();
}
