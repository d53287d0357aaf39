/* A robust mutex whose owner died: EOWNERDEAD by every way to lock it, made consistent or lost for
 * good (ENOTRECOVERABLE), within a process, across processes and under a condition. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

static int leave_locked(void *mutex)
{
    return pthread_mutex_lock(mutex);
}

static int by_trylock(void *mutex)
{
    return pthread_mutex_trylock(mutex);
}

static int by_timedlock(void *mutex)
{
    struct timespec deadline = fact_deadline(CLOCK_REALTIME, 1000);
    return pthread_mutex_timedlock(mutex, &deadline);
}

static int by_clocklock(void *mutex)
{
    struct timespec deadline = fact_deadline(CLOCK_MONOTONIC, 1000);
    return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &deadline);
}

static int (*const ways[])(void *) = {leave_locked, by_trylock, by_timedlock, by_clocklock};
enum { WAYS = sizeof ways / sizeof *ways };

static void make_robust(pthread_mutex_t *mutex, int kind, int shared)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    FACT_RESULT(0, pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST));
    pthread_mutexattr_settype(&attributes, kind);
    pthread_mutexattr_setpshared(&attributes, shared);
    FACT_RESULT(0, pthread_mutex_init(mutex, &attributes));
    pthread_mutexattr_destroy(&attributes);
}

static void owner_dies(int kind, int (*way)(void *))
{
    pthread_mutex_t mutex;
    make_robust(&mutex, kind, PTHREAD_PROCESS_PRIVATE);
    FACT_RESULT(EINVAL, pthread_mutex_consistent(&mutex));
    FACT_RESULT(0, fact_elsewhere(leave_locked, &mutex));
    FACT_RESULT(EOWNERDEAD, way(&mutex));
    FACT_RESULT(EBUSY, fact_elsewhere(by_trylock, &mutex));
    FACT_RESULT(0, pthread_mutex_consistent(&mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    FACT_RESULT(0, way(&mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));

    FACT_RESULT(0, fact_elsewhere(leave_locked, &mutex));
    FACT_RESULT(EOWNERDEAD, fact_elsewhere(way, &mutex));
    FACT_RESULT(EOWNERDEAD, way(&mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&mutex));
    FACT_RESULT(ENOTRECOVERABLE, way(&mutex));
    /* A try on a lost mutex leaves it locked by the trier, in glibc: nobody else may try first. */
    FACT_RESULT(way == by_trylock ? EBUSY : ENOTRECOVERABLE, fact_elsewhere(way, &mutex));
    FACT_RESULT(0, pthread_mutex_destroy(&mutex));
}

static void owner_process_dies(void)
{
    pthread_mutex_t *mutex =
        mmap(NULL, sizeof *mutex, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    make_robust(mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_SHARED);
    pid_t child = fork();
    if (child == 0) {
        pthread_mutex_lock(mutex);
        _exit(7);
    }
    fact_child_end("owner", child);
    FACT_RESULT(EOWNERDEAD, pthread_mutex_lock(mutex));
    FACT_RESULT(0, pthread_mutex_consistent(mutex));
    FACT_RESULT(0, pthread_mutex_unlock(mutex));
    FACT_RESULT(0, pthread_mutex_trylock(mutex));
    FACT_RESULT(0, pthread_mutex_unlock(mutex));
    FACT_RESULT(0, pthread_mutex_destroy(mutex));
    munmap(mutex, sizeof *mutex);
}

struct waited {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
};

static int signal_and_die(void *argument)
{
    struct waited *waited = argument;
    int result = pthread_mutex_lock(&waited->mutex);
    pthread_cond_signal(&waited->condition);
    return result;
}

static void *die_once_waiter_sleeps(void *argument)
{
    return (void *)(long)signal_and_die(argument);
}

static void owner_dies_before_waiter_wakes(void)
{
    struct waited waited = {.condition = PTHREAD_COND_INITIALIZER};
    pthread_t thread;
    make_robust(&waited.mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_PROCESS_PRIVATE);
    FACT_RESULT(0, pthread_mutex_lock(&waited.mutex));
    pthread_create(&thread, NULL, die_once_waiter_sleeps, &waited);
    FACT_RESULT(EOWNERDEAD, pthread_cond_wait(&waited.condition, &waited.mutex));
    FACT_RESULT(0, pthread_mutex_consistent(&waited.mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&waited.mutex));
    pthread_join(thread, NULL);
}

int main(void)
{
    for (int way = 0; way < WAYS; way++) {
        fact_say("-- way %d", way);
        owner_dies(PTHREAD_MUTEX_NORMAL, ways[way]);
        owner_dies(PTHREAD_MUTEX_ERRORCHECK, ways[way]);
        owner_dies(PTHREAD_MUTEX_RECURSIVE, ways[way]);
    }
    owner_process_dies();
    owner_dies_before_waiter_wakes();
    return fact_status();
}
