/* A circle that a cancellation breaks: a thread waits for a semaphore that the other one would
 * post after it had got the mutex; main cancels the waiter, whose clean-up gives the mutex back.
 * verdict: silent */
#include "tests/live/live.h"
#include "tests/programs/semaphores.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static sem_t units;
static pid_t semaphore_waiter, mutex_waiter;

static void give_back(void *mutex)
{
    unlock((pthread_mutex_t *)mutex);
}

static void wait_for_unit(void)
{
    lock(&lock_a);
    pthread_cleanup_push(give_back, &lock_a);
    meet(2);
    __atomic_store_n(&semaphore_waiter, gettid(), __ATOMIC_SEQ_CST);
    wait_semaphore(&units);
    pthread_cleanup_pop(1);
}

static void post_under_mutex(void)
{
    meet(2);
    __atomic_store_n(&mutex_waiter, gettid(), __ATOMIC_SEQ_CST);
    lock(&lock_a);
    post_semaphore(&units);
    unlock(&lock_a);
}

int main(void)
{
    static const body_function bodies[] = {wait_for_unit, post_under_mutex};
    pthread_t waiter, poster;

    init_semaphore(&units, 0);
    waiter = start(&bodies[0]);
    poster = start(&bodies[1]);
    wait_until_asleep(&semaphore_waiter);
    wait_until_asleep(&mutex_waiter);
    must(pthread_cancel(waiter), "pthread_cancel");
    must(pthread_join(waiter, NULL), "pthread_join");
    must(pthread_join(poster, NULL), "pthread_join");
    return end();
}
