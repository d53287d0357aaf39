/* Another interposer, as performance and priority tools are: counts the acquisitions and threads
 * that pass through it on their way to RTLD_NEXT. Trying counts too, if it succeeds. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int wrapper_acquisitions(void);
EXPORT int wrapper_releases(void);
EXPORT int wrapper_threads(void);

static atomic_int acquisitions, releases, threads;
static __thread int inside;

/* Nested calls are the same acquisition on its way down, not another one. */
static int count(atomic_int *counter, int result)
{
    if (result == 0 && inside == 0)
        atomic_fetch_add(counter, 1);
    return result;
}

EXPORT int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    int (*next)(pthread_mutex_t *) = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, __func__);
    inside++;
    int result = next(mutex);
    inside--;
    return count(&acquisitions, result);
}

EXPORT int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    int (*next)(pthread_mutex_t *) = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, __func__);
    inside++;
    int result = next(mutex);
    inside--;
    return count(&acquisitions, result);
}

EXPORT int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    int (*next)(pthread_mutex_t *) = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, __func__);
    return count(&releases, next(mutex));
}

EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
        (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT,
                                                                                       __func__);
    return count(&threads, next(thread, attributes, start, argument));
}

int wrapper_acquisitions(void)
{
    return atomic_load(&acquisitions);
}

int wrapper_releases(void)
{
    return atomic_load(&releases);
}

int wrapper_threads(void)
{
    return atomic_load(&threads);
}
