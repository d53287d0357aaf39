/* What the programs of this folder share: threads that run together and act in turn, and locks that
 * end the program if a call fails. Turns are those of tests/programs/support.h. */
#ifndef UNKNOT_TESTS_LATENT_LATENT_H
#define UNKNOT_TESTS_LATENT_LATENT_H

#include <semaphore.h>
#include "tests/programs/support.h"

static bool is_clean; /* run as its own twin, which cannot deadlock */

static inline void begin(int argc, char **argv)
{
    is_clean = argc > 1 && strcmp(argv[1], "clean") == 0;
}

static inline void lock(pthread_mutex_t *mutex)
{
    must(pthread_mutex_lock(mutex), "pthread_mutex_lock");
}

static inline void unlock(pthread_mutex_t *mutex)
{
    must(pthread_mutex_unlock(mutex), "pthread_mutex_unlock");
}

static inline void pass_through(pthread_mutex_t *mutex)
{
    lock(mutex);
    unlock(mutex);
}

static inline void init_semaphore(sem_t *semaphore, unsigned value)
{
    must_be(sem_init(semaphore, 0, value) == 0, "sem_init works");
}

static inline void take(sem_t *semaphore)
{
    must_be(sem_wait(semaphore) == 0, "sem_wait works");
}

static inline void post(sem_t *semaphore)
{
    must_be(sem_post(semaphore) == 0, "sem_post works");
}

static inline void *run_function(void *argument)
{
    (*(const body_function *)argument)();
    return NULL;
}

/* Starts one thread for each body at once, and joins them. */
static inline void run_together(const body_function *bodies, size_t count)
{
    pthread_t threads[MOST_BODIES];

    for (size_t i = 0; i < count; i++)
        must(pthread_create(&threads[i], NULL, run_function, (void *)&bodies[i]), "pthread_create");
    for (size_t i = 0; i < count; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
}

#define RUN_TOGETHER(...)                                                                          \
    do {                                                                                           \
        const body_function bodies_[] = {__VA_ARGS__};                                             \
        run_together(bodies_, sizeof bodies_ / sizeof bodies_[0]);                                 \
    } while (0)

#endif
