/* A thread with a cancellation pending goes on until its next cancellation point, however much it
 * locks, creates and names meanwhile: whatever the shim writes or maps for it is no such point. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdlib.h>

enum { LOCKS = 3000, THREADS = 100 };

static pthread_mutex_t locks[LOCKS];
static pthread_rwlock_t shared = PTHREAD_RWLOCK_INITIALIZER;
static int cleaned, bad;

static void *take_some(void *first)
{
    for (long i = (long)first; i < (long)first + 20; i++)
        pthread_mutex_lock(&locks[i]);
    for (long i = (long)first; i < (long)first + 20; i++)
        pthread_mutex_unlock(&locks[i]);
    return NULL;
}

static void work(void)
{
    for (int i = 0; i < LOCKS; i++)
        bad += pthread_mutex_init(&locks[i], NULL) != 0;
    for (int i = 0; i < LOCKS; i++)
        bad += pthread_mutex_lock(&locks[i]) != 0;
    for (int i = 0; i < LOCKS; i++)
        bad += pthread_mutex_unlock(&locks[i]) != 0;
    for (long i = 0; i < THREADS; i++) {
        pthread_t thread;
        bad += pthread_create(&thread, NULL, take_some, (void *)(i * 20)) != 0;
        bad += pthread_setname_np(thread, "helper") == ERANGE;
        bad += pthread_detach(thread) != 0;
        bad += pthread_rwlock_rdlock(&shared) != 0;
        pthread_mutex_t *mutex = calloc(1, sizeof *mutex);
        bad += pthread_mutex_lock(mutex) != 0;
        bad += pthread_mutex_unlock(mutex) != 0;
        free(mutex);
        bad += pthread_rwlock_unlock(&shared) != 0;
    }
}

static void count_cleanup(void *unused)
{
    (void)unused;
    cleaned++;
}

static void *work_while_cancelled(void *unused)
{
    pthread_cleanup_push(count_cleanup, NULL);
    pthread_cancel(pthread_self());
    work();
    fact_say("the work is done");
    FACT_VALUE(0, cleaned);
    pthread_testcancel();
    fact_say("not reached");
    pthread_cleanup_pop(0);
    return unused;
}

int main(void)
{
    pthread_t thread;
    void *result = NULL;
    pthread_create(&thread, NULL, work_while_cancelled, NULL);
    FACT_RESULT(0, pthread_join(thread, &result));
    FACT_VALUE(1, result == PTHREAD_CANCELED);
    FACT_VALUE(1, cleaned);
    FACT_VALUE(0, bad);
    return fact_status();
}
