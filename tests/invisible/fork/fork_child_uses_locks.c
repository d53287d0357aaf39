/* Forking with other threads alive: the child finds their locks still held, can give back its own
 * plain one, lock, wait, create threads and fork again, and ends either way. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t held_by_thread = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t read_by_thread = PTHREAD_RWLOCK_INITIALIZER;
static pthread_mutex_t held_by_forker = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_mutex_t depth_two = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_mutex_t free_one = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;

static void *hold_across_forks(void *unused)
{
    pthread_mutex_lock(&held_by_thread);
    pthread_rwlock_rdlock(&read_by_thread);
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    pthread_rwlock_unlock(&read_by_thread);
    pthread_mutex_unlock(&held_by_thread);
    return unused;
}

static int take_free_one(void *unused)
{
    (void)unused;
    struct timespec past = {0, 0};
    pthread_mutex_lock(&free_one);
    int result = pthread_cond_timedwait(&condition, &free_one, &past);
    pthread_mutex_unlock(&free_one);
    return result;
}

static void check_in_child(void)
{
    struct timespec soon = fact_deadline(CLOCK_REALTIME, 10);
    FACT_RESULT(EBUSY, pthread_mutex_trylock(&held_by_thread));
    FACT_RESULT(ETIMEDOUT, pthread_mutex_timedlock(&held_by_thread, &soon));
    FACT_RESULT(0, pthread_rwlock_tryrdlock(&read_by_thread));
    FACT_RESULT(EBUSY, pthread_rwlock_trywrlock(&read_by_thread));
    /* glibc knows owners by thread id, and the child has a new one. */
    FACT_RESULT(EPERM, pthread_mutex_unlock(&depth_two));
    FACT_RESULT(EBUSY, pthread_mutex_trylock(&depth_two));
    FACT_RESULT(EPERM, pthread_mutex_unlock(&checking));
    FACT_RESULT(EBUSY, pthread_mutex_trylock(&checking));
    FACT_RESULT(0, pthread_mutex_unlock(&held_by_forker));
    FACT_RESULT(0, pthread_mutex_lock(&held_by_forker));
    FACT_RESULT(ETIMEDOUT, fact_elsewhere(take_free_one, NULL));
}

static void run_child(const char *how, int depth)
{
    pid_t child = fork();
    if (child == 0) {
        check_in_child();
        if (depth > 0)
            run_child(how, depth - 1);
        if (how[0] == '_')
            _exit(fact_status() + 10);
        exit(fact_status() + 20);
    }
    fact_child_end(how, child);
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&thread, NULL, hold_across_forks, NULL);
    pthread_barrier_wait(&barrier);
    pthread_mutex_lock(&held_by_forker);
    pthread_mutex_lock(&checking);
    pthread_mutex_lock(&depth_two);
    pthread_mutex_lock(&depth_two);
    run_child("_exit", 0);
    run_child("exit", 0);
    run_child("_exit", 2);
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
    FACT_RESULT(0, pthread_mutex_trylock(&held_by_thread));
    run_child("exit", 0);
    FACT_RESULT(0, pthread_mutex_unlock(&held_by_forker));
    return fact_status();
}
