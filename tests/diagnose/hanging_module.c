/* A module for redis-server that hangs it while it loads: two workers take the cache and the
 * journal in opposite orders, and the server waits for them. */
#include <pthread.h>
#include <stddef.h>

int RedisModule_OnLoad(void *context, void **arguments, int count);

static pthread_mutex_t cache = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t together;

static void *fill_cache(void *unused)
{
    pthread_mutex_lock(&cache);
    pthread_barrier_wait(&together);
    pthread_mutex_lock(&journal);
    return unused;
}

static void *write_journal(void *unused)
{
    pthread_mutex_lock(&journal);
    pthread_barrier_wait(&together);
    pthread_mutex_lock(&cache);
    return unused;
}

__attribute__((visibility("default"))) int RedisModule_OnLoad(void *context, void **arguments,
                                                              int count)
{
    pthread_t workers[2];
    (void)context, (void)arguments, (void)count;
    pthread_barrier_init(&together, NULL, 2);
    if (pthread_create(&workers[0], NULL, fill_cache, NULL) == 0 &&
        pthread_create(&workers[1], NULL, write_journal, NULL) == 0) {
        pthread_join(workers[0], NULL);
    }
    return 1;
}
