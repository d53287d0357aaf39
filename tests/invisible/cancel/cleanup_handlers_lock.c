/* Cleanup handlers that lock and unlock, nested, run by pthread_cleanup_pop, by pthread_exit and by
 * a cancellation, in order and with the locks they expect. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t inner = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static sem_t started, never;

static void release(void *mutex)
{
    fact_say("releases %s", mutex == &outer ? "outer" : "inner");
    FACT_RESULT(0, pthread_mutex_unlock(mutex));
}

static void lock_more(void *unused)
{
    (void)unused;
    FACT_RESULT(EDEADLK, pthread_mutex_lock(&inner));
    FACT_RESULT(0, pthread_rwlock_wrlock(&table));
    FACT_RESULT(0, pthread_rwlock_unlock(&table));
}

static void leave(long way)
{
    if (way == 1)
        pthread_exit((void *)7L);
    sem_post(&started);
    if (way == 2)
        sem_wait(&never);
    for (;;)
        pause();
}

static void *work(void *way)
{
    FACT_RESULT(0, pthread_mutex_lock(&outer));
    pthread_cleanup_push(release, &outer);
    FACT_RESULT(0, pthread_mutex_lock(&inner));
    pthread_cleanup_push(release, &inner);
    pthread_cleanup_push(lock_more, NULL);
    if (way != NULL)
        leave((long)way);
    pthread_cleanup_pop(1);
    pthread_cleanup_pop(1);
    pthread_cleanup_pop(1);
    return NULL;
}

int main(void)
{
    FACT_CALL(0, sem_init(&started, 0, 0));
    FACT_CALL(0, sem_init(&never, 0, 0));
    for (long way = 0; way < 4; way++) {
        pthread_t thread;
        void *result;
        /* Stated after the join: until then the thread states its own facts. */
        int created = pthread_create(&thread, NULL, work, (void *)way);
        int waited = way >= 2 ? sem_wait(&started) : 0;
        int cancelled = way >= 2 ? pthread_cancel(thread) : 0;
        FACT_VALUE(0, pthread_join(thread, &result) | created | waited | cancelled);
        FACT_VALUE(way == 0 ? 0 : way == 1 ? 7 : (long)PTHREAD_CANCELED, result);
        FACT_RESULT(0, pthread_mutex_trylock(&outer));
        FACT_RESULT(0, pthread_mutex_trylock(&inner));
        FACT_RESULT(0, pthread_mutex_unlock(&inner));
        FACT_RESULT(0, pthread_mutex_unlock(&outer));
    }
    return fact_status();
}
