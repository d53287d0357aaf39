/* Results and errno of the semaphore calls: as a lock, as a signal, at the limits, named, and of
 * waits that had to block. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static sem_t semaphore;
static atomic_int tid;

static void value_is(sem_t *which, int expected)
{
    int value = -1;
    sem_getvalue(which, &value);
    FACT_VALUE(expected, value);
}

static void used_as(const char *what, unsigned initial)
{
    struct timespec past = {0, 0}, bad = {0, 1000000000};
    struct timespec far = fact_deadline(CLOCK_REALTIME, 60000);
    struct timespec far_too = fact_deadline(CLOCK_MONOTONIC, 60000);
    fact_say("-- %s", what);
    FACT_CALL(0, sem_init(&semaphore, 0, initial));
    if (initial == 0)
        FACT_CALL(0, sem_post(&semaphore));
    for (int i = 0; i < 3; i++) {
        FACT_CALL(0, sem_wait(&semaphore));
        FACT_CALL(EAGAIN, sem_trywait(&semaphore));
        FACT_CALL(ETIMEDOUT, sem_timedwait(&semaphore, &past));
        FACT_CALL(EINVAL, sem_clockwait(&semaphore, CLOCK_MONOTONIC, &bad));
        FACT_CALL(EINVAL, sem_clockwait(&semaphore, CLOCK_BOOTTIME, &past));
        FACT_CALL(0, sem_post(&semaphore));
        FACT_CALL(0, sem_trywait(&semaphore));
        FACT_CALL(0, sem_post(&semaphore));
        FACT_CALL(0, sem_timedwait(&semaphore, &far));
        FACT_CALL(0, sem_post(&semaphore));
        FACT_CALL(0, sem_clockwait(&semaphore, CLOCK_MONOTONIC, &far_too));
        FACT_CALL(0, sem_post(&semaphore));
        value_is(&semaphore, 1);
    }
    FACT_CALL(0, sem_post(&semaphore));
    FACT_CALL(0, sem_post(&semaphore));
    value_is(&semaphore, 3);
    FACT_CALL(0, sem_destroy(&semaphore));
}

static void at_the_limit(void)
{
    fact_say("-- at the limit");
    FACT_CALL(0, sem_init(&semaphore, 1, INT_MAX));
    FACT_CALL(EOVERFLOW, sem_post(&semaphore));
    FACT_CALL(0, sem_wait(&semaphore));
    FACT_CALL(0, sem_post(&semaphore));
    FACT_CALL(EOVERFLOW, sem_post(&semaphore));
    value_is(&semaphore, INT_MAX);
}

static void named(void)
{
    char name[64];
    snprintf(name, sizeof(name), "/unknot-invisible-%d", (int)getpid());
    fact_say("-- named");
    errno = FACT_ERRNO;
    FACT_VALUE(1, sem_open(name, 0) == SEM_FAILED);
    FACT_VALUE(ENOENT, errno);
    sem_t *first = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
    FACT_VALUE(0, first == SEM_FAILED);
    FACT_VALUE(1, sem_open(name, O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED);
    FACT_VALUE(EEXIST, errno);
    FACT_VALUE(1, sem_open(name, O_CREAT, 0600, 7) == first);
    FACT_VALUE(1, sem_open("/a/b", O_CREAT, 0600, 7) == SEM_FAILED);
    FACT_CALL(0, sem_wait(first));
    FACT_CALL(EAGAIN, sem_trywait(first));
    FACT_CALL(0, sem_post(first));
    FACT_CALL(0, sem_close(first));
    value_is(first, 1);
    FACT_CALL(0, sem_wait(first));
    FACT_CALL(0, sem_post(first));
    FACT_CALL(0, sem_close(first));
    FACT_CALL(EINVAL, sem_close(first));
    FACT_CALL(EINVAL, sem_close(&semaphore));
    FACT_CALL(0, sem_unlink(name));
}

enum form { WAIT, TIMED, CLOCKED, FORMS };

static void *wait_blocked(void *form)
{
    struct timespec far = fact_deadline(CLOCK_REALTIME, 60000);
    atomic_store(&tid, gettid());
    if ((enum form)(long)form == WAIT)
        FACT_CALL(0, sem_wait(&semaphore));
    else if ((enum form)(long)form == TIMED)
        FACT_CALL(0, sem_timedwait(&semaphore, &far));
    else
        FACT_CALL(0, sem_clockwait(&semaphore, CLOCK_REALTIME, &far));
    FACT_CALL(0, sem_post(&semaphore));
    return NULL;
}

/* The main thread holds it first, so it is a lock; `again` makes it one that is proved. */
static void blocked(enum form form, bool again)
{
    pthread_t waiter;
    fact_say("-- blocked, form %d", form);
    FACT_CALL(0, sem_init(&semaphore, 0, 1));
    FACT_CALL(0, sem_wait(&semaphore));
    if (again) {
        FACT_CALL(0, sem_post(&semaphore));
        FACT_CALL(0, sem_wait(&semaphore));
    }
    atomic_store(&tid, 0);
    pthread_create(&waiter, NULL, wait_blocked, (void *)(long)form);
    while (atomic_load(&tid) == 0)
        usleep(100);
    fact_wait_asleep(atomic_load(&tid));
    int posted = sem_post(&semaphore);
    pthread_join(waiter, NULL);
    FACT_VALUE(0, posted);
    value_is(&semaphore, 1);
}

int main(void)
{
    FACT_CALL(EINVAL, sem_init(&semaphore, 0, 1U << 31));
    used_as("lock", 1);
    used_as("signal", 0);
    at_the_limit();
    named();
    for (int form = WAIT; form < FORMS; form++) {
        blocked((enum form)form, false);
        blocked((enum form)form, true);
    }
    return fact_status();
}
