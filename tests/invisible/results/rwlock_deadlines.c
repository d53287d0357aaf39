/* Timed and clocked reader-writer locking: deadlines and clocks judged as glibc does on a free, a
 * read-locked and a write-locked object; a queued writer stops readers of one kind only. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

typedef int timed_form(pthread_rwlock_t *, const struct timespec *);
typedef int clock_form(pthread_rwlock_t *, clockid_t, const struct timespec *);

struct attempt {
    pthread_rwlock_t *lock;
    timed_form *timed;
    clock_form *clocked;
    clockid_t clock;
    struct timespec deadline;
};

static int attempt(void *argument)
{
    struct attempt *how = argument;
    int result = how->timed ? how->timed(how->lock, &how->deadline)
                            : how->clocked(how->lock, how->clock, &how->deadline);
    if (result == 0)
        pthread_rwlock_unlock(how->lock);
    return result;
}

static void try_each_form(pthread_rwlock_t *lock, struct timespec deadline, int read_result,
                          int write_result)
{
    struct attempt how = {.lock = lock, .clock = CLOCK_REALTIME, .deadline = deadline};
    how.timed = pthread_rwlock_timedrdlock;
    FACT_RESULT(read_result, fact_elsewhere(attempt, &how));
    how.timed = pthread_rwlock_timedwrlock;
    FACT_RESULT(write_result, fact_elsewhere(attempt, &how));
    how.timed = NULL;
    how.clocked = pthread_rwlock_clockrdlock;
    FACT_RESULT(read_result, fact_elsewhere(attempt, &how));
    how.clocked = pthread_rwlock_clockwrlock;
    FACT_RESULT(write_result, fact_elsewhere(attempt, &how));
    how.clock = CLOCK_PROCESS_CPUTIME_ID;
    FACT_RESULT(EINVAL, fact_elsewhere(attempt, &how));
}

static void try_each_deadline(pthread_rwlock_t *lock, int read_result, int write_result)
{
    /* glibc refuses a bad tv_nsec of a reader-writer lock even when the lock is free. */
    try_each_form(lock, (struct timespec){0, -1}, EINVAL, EINVAL);
    try_each_form(lock, (struct timespec){0, 1000000000}, EINVAL, EINVAL);
    try_each_form(lock, (struct timespec){-1, 0}, read_result, write_result);
    try_each_form(lock, (struct timespec){0, 0}, read_result, write_result);
    try_each_form(lock, fact_deadline(CLOCK_REALTIME, 10), read_result, write_result);
}

struct queued {
    pthread_rwlock_t *lock;
    atomic_int tid;
};

static void *queue_as_writer(void *argument)
{
    struct queued *queued = argument;
    atomic_store(&queued->tid, gettid());
    int result = pthread_rwlock_wrlock(queued->lock);
    pthread_rwlock_unlock(queued->lock);
    return (void *)(long)result;
}

static void with_queued_writer(pthread_rwlock_t *lock, int reader_result)
{
    struct queued queued = {.lock = lock};
    struct attempt how = {.lock = lock, .timed = pthread_rwlock_timedrdlock};
    pthread_t writer;
    void *result;
    pthread_rwlock_rdlock(lock);
    pthread_create(&writer, NULL, queue_as_writer, &queued);
    while (atomic_load(&queued.tid) == 0)
        usleep(100);
    fact_wait_asleep(atomic_load(&queued.tid));
    how.deadline = fact_deadline(CLOCK_REALTIME, 10);
    FACT_RESULT(reader_result, fact_elsewhere(attempt, &how));
    pthread_rwlock_unlock(lock);
    pthread_join(writer, &result);
    FACT_VALUE(0, (long)result);
}

int main(void)
{
    for (int kind = PTHREAD_RWLOCK_PREFER_READER_NP;
         kind <= PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP; kind++) {
        pthread_rwlock_t lock;
        pthread_rwlockattr_t attributes;
        pthread_rwlockattr_init(&attributes);
        pthread_rwlockattr_setkind_np(&attributes, kind);
        pthread_rwlock_init(&lock, &attributes);
        fact_say("-- kind %d, free", kind);
        try_each_deadline(&lock, 0, 0);
        fact_say("-- kind %d, read-locked", kind);
        pthread_rwlock_rdlock(&lock);
        try_each_deadline(&lock, 0, ETIMEDOUT);
        pthread_rwlock_unlock(&lock);
        fact_say("-- kind %d, write-locked", kind);
        pthread_rwlock_wrlock(&lock);
        try_each_deadline(&lock, ETIMEDOUT, ETIMEDOUT);
        pthread_rwlock_unlock(&lock);
        fact_say("-- kind %d, a writer queued behind a reader", kind);
        with_queued_writer(&lock,
                           kind == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP ? ETIMEDOUT : 0);
        pthread_rwlock_destroy(&lock);
    }
    return fact_status();
}
