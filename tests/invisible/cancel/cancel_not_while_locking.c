/* Waiting for a mutex, reader-writer lock or barrier is no cancellation point: a thread cancelled
 * there goes on waiting, gets the lock, and ends only at its next real cancellation point. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inheriting;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static atomic_int tid;

static int mutex_lock(void)
{
    return pthread_mutex_lock(&mutex);
}

static int mutex_timed_lock(void)
{
    struct timespec far = fact_deadline(CLOCK_REALTIME, 60000);
    return pthread_mutex_timedlock(&mutex, &far);
}

static int inheriting_lock(void)
{
    return pthread_mutex_lock(&inheriting);
}

static int read_lock(void)
{
    return pthread_rwlock_rdlock(&lock);
}

static int write_lock(void)
{
    return pthread_rwlock_wrlock(&lock);
}

static int clocked_write_lock(void)
{
    struct timespec far = fact_deadline(CLOCK_MONOTONIC, 60000);
    return pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &far);
}

static int meet(void)
{
    int result = pthread_barrier_wait(&barrier);
    return result == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : result;
}

static void unlock_mutex(void)
{
    pthread_mutex_unlock(&mutex);
}

static void unlock_inheriting(void)
{
    pthread_mutex_unlock(&inheriting);
}

static void unlock_lock(void)
{
    pthread_rwlock_unlock(&lock);
}

static void take_all(void)
{
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&inheriting);
    pthread_rwlock_wrlock(&lock);
}

static void give_all(void)
{
    pthread_rwlock_unlock(&lock);
    pthread_mutex_unlock(&inheriting);
    pthread_mutex_unlock(&mutex);
}

static void meet_too(void)
{
    meet();
}

static const struct blocking {
    const char *name;
    int (*wait)(void);
    void (*end_wait)(void);
    void (*undo)(void);
} blocking[] = {
    {"mutex", mutex_lock, give_all, unlock_mutex},
    {"timed mutex", mutex_timed_lock, give_all, unlock_mutex},
    {"priority-inheriting mutex", inheriting_lock, give_all, unlock_inheriting},
    {"read lock", read_lock, give_all, unlock_lock},
    {"write lock", write_lock, give_all, unlock_lock},
    {"clocked write lock", clocked_write_lock, give_all, unlock_lock},
    {"barrier", meet, meet_too, NULL},
};

static void *wait_then_test(void *argument)
{
    const struct blocking *how = argument;
    atomic_store(&tid, gettid());
    FACT_RESULT(0, how->wait());
    if (how->undo)
        how->undo();
    fact_say("went on after the wait");
    pthread_testcancel();
    fact_say("went on after the cancellation point");
    return NULL;
}

static void cancel_while_waiting(const struct blocking *how)
{
    pthread_t thread;
    void *result;
    fact_say("-- %s", how->name);
    if (how->end_wait == give_all)
        take_all();
    atomic_store(&tid, 0);
    pthread_create(&thread, NULL, wait_then_test, (void *)how);
    while (atomic_load(&tid) == 0)
        usleep(100);
    fact_wait_asleep(atomic_load(&tid));
    int cancelled = pthread_cancel(thread);
    fact_wait_asleep(atomic_load(&tid));
    how->end_wait();
    pthread_join(thread, &result);
    FACT_VALUE(0, cancelled);
    FACT_VALUE(1, result == PTHREAD_CANCELED);
    take_all();
    give_all();
}

int main(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&inheriting, &attributes);
    pthread_barrier_init(&barrier, NULL, 2);
    for (size_t i = 0; i < sizeof blocking / sizeof *blocking; i++)
        cancel_while_waiting(&blocking[i]);
    return fact_status();
}
