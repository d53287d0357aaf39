/* glibc has two ABIs of conditions: old programs bind to GLIBC_2.2.5, whose object is one pointer.
 * Both work beside each other, and neither is given the other's functions. */
#include "tests/invisible/fact.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

struct condition_calls {
    int (*init)(void *, const pthread_condattr_t *);
    int (*wait)(void *, pthread_mutex_t *);
    int (*timedwait)(void *, pthread_mutex_t *, const struct timespec *);
    int (*signal)(void *);
    int (*broadcast)(void *);
    int (*destroy)(void *);
};

struct waiter {
    const struct condition_calls *calls;
    void *condition;
    pthread_mutex_t mutex;
    int ready;
};

static void *find(const char *name, const char *version)
{
    void *function = dlvsym(RTLD_DEFAULT, name, version);
    if (function == NULL)
        fact_say("%s %s is missing", name, version);
    return function;
}

static void find_all(struct condition_calls *calls, const char *version)
{
    *(void **)&calls->init = find("pthread_cond_init", version);
    *(void **)&calls->wait = find("pthread_cond_wait", version);
    *(void **)&calls->timedwait = find("pthread_cond_timedwait", version);
    *(void **)&calls->signal = find("pthread_cond_signal", version);
    *(void **)&calls->broadcast = find("pthread_cond_broadcast", version);
    *(void **)&calls->destroy = find("pthread_cond_destroy", version);
}

static void *wake(void *argument)
{
    struct waiter *waiter = argument;
    pthread_mutex_lock(&waiter->mutex);
    waiter->ready = 1;
    FACT_RESULT(0, waiter->calls->signal(waiter->condition));
    pthread_mutex_unlock(&waiter->mutex);
    return NULL;
}

static void exercise(const struct condition_calls *calls, size_t object_size)
{
    unsigned char memory[sizeof(pthread_cond_t) + 16];
    struct waiter waiter = {calls, memory, PTHREAD_MUTEX_INITIALIZER, 0};
    struct timespec past = {0, 0};
    pthread_t thread;
    memset(memory, 0xA5, sizeof memory);
    FACT_RESULT(0, calls->init(memory, NULL));
    FACT_RESULT(0, pthread_mutex_lock(&waiter.mutex));
    FACT_RESULT(ETIMEDOUT, calls->timedwait(memory, &waiter.mutex, &past));
    pthread_create(&thread, NULL, wake, &waiter);
    while (!waiter.ready)
        FACT_RESULT(0, calls->wait(memory, &waiter.mutex));
    FACT_RESULT(0, pthread_mutex_unlock(&waiter.mutex));
    pthread_join(thread, NULL);
    FACT_RESULT(0, calls->broadcast(memory));
    FACT_RESULT(0, calls->destroy(memory));
    int overwritten = 0;
    for (size_t i = object_size; i < sizeof memory; i++)
        overwritten += memory[i] != 0xA5;
    FACT_VALUE(0, overwritten);
}

int main(void)
{
    struct condition_calls recent, old;
    find_all(&recent, "GLIBC_2.3.2");
    find_all(&old, "GLIBC_2.2.5");
    FACT_VALUE(1, recent.wait != old.wait);
    exercise(&recent, sizeof(pthread_cond_t));
    exercise(&old, sizeof(void *));
    exercise(&recent, sizeof(pthread_cond_t));
    return fact_status();
}
