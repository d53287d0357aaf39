/* A timed lock is given a time that is none; wrappers pass the error on, and it is stored, compared
 * or looked at in the end.
 * misuse: error-ignored object=lock in=bad,wrapper,main
 * silent: fixed stored compared passed_on */
#include "tests/misuse/misuse.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_rwlock_t free_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct timespec no_time = {.tv_sec = 0, .tv_nsec = -1};
static volatile int last_error;

static NOINLINE int wrapper(pthread_rwlock_t *rwlock, const struct timespec *when)
{
    return pthread_rwlock_timedwrlock(rwlock, when);
}

static NOINLINE int outer_wrapper(pthread_rwlock_t *rwlock)
{
    int error = wrapper(rwlock, &no_time);
    return error;
}

static void hold(void)
{
    pthread_rwlock_rdlock(&lock);
}

static NOINLINE void bad(void)
{
    hold();
    wrapper(&lock, &no_time);
    pthread_rwlock_unlock(&lock);
}

static void fixed(void)
{
    struct timespec when = seconds_from_now(CLOCK_REALTIME, 1);
    wrapper(&free_lock, &when);
    pthread_rwlock_unlock(&free_lock);
}

static void stored(void)
{
    hold();
    last_error = wrapper(&lock, &no_time);
    pthread_rwlock_unlock(&lock);
}

static void compared(void)
{
    hold();
    if (wrapper(&lock, &no_time) == 0)
        pthread_rwlock_unlock(&lock);
    pthread_rwlock_unlock(&lock);
}

static void passed_on(void)
{
    hold();
    must_be(outer_wrapper(&lock) == EINVAL, "that is no time");
    pthread_rwlock_unlock(&lock);
}

VARIANTS({"bad", bad}, {"fixed", fixed}, {"stored", stored}, {"compared", compared},
         {"passed_on", passed_on})
