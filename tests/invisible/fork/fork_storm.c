/* 200 forks from four threads while two more lock all the time: every child locks, starts a thread
 * and ends as told; every parent gets each status once. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKERS = 4, LOCKERS = 2, FORKS_EACH = 50, LOCKS = 16 };

static pthread_mutex_t locks[LOCKS];
static pthread_mutex_t own_lock[FORKERS];
static atomic_int stop, good, bad;

static void *lock_all_the_time(void *unused)
{
    while (!atomic_load(&stop)) {
        for (int i = 0; i < LOCKS; i++)
            pthread_mutex_lock(&locks[i]);
        for (int i = 0; i < LOCKS; i++)
            pthread_mutex_unlock(&locks[i]);
    }
    return unused;
}

static void *take_own(void *mutex)
{
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
    return NULL;
}

static void child(pthread_mutex_t *held, int status)
{
    pthread_t thread;
    pthread_mutex_unlock(held);
    if (pthread_create(&thread, NULL, take_own, held) != 0 || pthread_join(thread, NULL) != 0)
        _exit(99);
    _exit(status);
}

static void *fork_often(void *argument)
{
    pthread_mutex_t *held = argument;
    for (int i = 0; i < FORKS_EACH; i++) {
        int status = 0;
        pthread_mutex_lock(held);
        pid_t pid = fork();
        if (pid == 0)
            child(held, i);
        pthread_mutex_unlock(held);
        if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
            WEXITSTATUS(status) == i)
            atomic_fetch_add(&good, 1);
        else
            atomic_fetch_add(&bad, 1);
    }
    return NULL;
}

int main(void)
{
    pthread_t forkers[FORKERS], lockers[LOCKERS];
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_init(&locks[i], NULL);
    for (int i = 0; i < LOCKERS; i++)
        pthread_create(&lockers[i], NULL, lock_all_the_time, NULL);
    for (int i = 0; i < FORKERS; i++) {
        pthread_mutex_init(&own_lock[i], NULL);
        pthread_create(&forkers[i], NULL, fork_often, &own_lock[i]);
    }
    for (int i = 0; i < FORKERS; i++)
        pthread_join(forkers[i], NULL);
    atomic_store(&stop, 1);
    for (int i = 0; i < LOCKERS; i++)
        pthread_join(lockers[i], NULL);
    FACT_VALUE(FORKERS * FORKS_EACH, good);
    FACT_VALUE(0, bad);
    return fact_status();
}
