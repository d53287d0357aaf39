/* pthread_exit deep inside frames that hold locks: handlers run inside out and give the locks back,
 * the value arrives at the join, and a lock that no handler gives back stays locked. */
#include "tests/invisible/fact.h"

#include <pthread.h>

enum { DEPTH = 12 };

static pthread_mutex_t locks[DEPTH];
static pthread_mutex_t forgotten = PTHREAD_MUTEX_INITIALIZER;

static void give_back(void *mutex)
{
    fact_say("gives back lock %d", (int)((pthread_mutex_t *)mutex - locks));
    FACT_RESULT(0, pthread_mutex_unlock(mutex));
}

/* Through a pointer, so that the compiler does not take descend() for endless. */
static void exit_locked(void)
{
    pthread_mutex_lock(&forgotten);
    pthread_exit((void *)31);
}

static void (*volatile leave)(void) = exit_locked;

static void descend(int depth)
{
    if (depth == DEPTH) {
        leave();
        return;
    }
    pthread_mutex_lock(&locks[depth]);
    pthread_cleanup_push(give_back, &locks[depth]);
    descend(depth + 1);
    pthread_cleanup_pop(1);
    fact_say("not reached");
}

static void *start(void *unused)
{
    descend(0);
    return unused;
}

int main(void)
{
    pthread_t thread;
    void *result = NULL;
    for (int i = 0; i < DEPTH; i++)
        pthread_mutex_init(&locks[i], NULL);
    int created = pthread_create(&thread, NULL, start, NULL);
    FACT_RESULT(0, pthread_join(thread, &result));
    FACT_VALUE(0, created);
    FACT_VALUE(31, (long)result);
    for (int i = 0; i < DEPTH; i++) {
        FACT_RESULT(0, pthread_mutex_trylock(&locks[i]));
        FACT_RESULT(0, pthread_mutex_unlock(&locks[i]));
    }
    FACT_RESULT(EBUSY, pthread_mutex_trylock(&forgotten));
    return fact_status();
}
