/* What the programs that hang share with their fixed twins: the same source, told by the argument
 * "fixed" which of the two it is.
 *
 * Threads are forced into a hang by meeting while they hold what the others want. Meeting is an
 * atomic counter and short sleeps, no blocking call that the library sees. One of the threads is
 * always the program's first, so that nobody waits behind the hang unless the program says so.
 * Header-only, C11 and C++17. Any thread may call anything here. */
#ifndef UNKNOT_TESTS_LIVE_LIVE_H
#define UNKNOT_TESTS_LIVE_LIVE_H

#include <errno.h>
#include "tests/programs/support.h"

#define MOST_THREADS 1024

typedef void (*numbered_function)(int number);

static bool is_fixed;
static int arrived;

static inline void begin(int argument_count, char **arguments)
{
    is_fixed = argument_count > 1 && strcmp(arguments[1], "fixed") == 0;
}

static inline int end(void)
{
    puts("done");
    return 0;
}

/* Returns once `count` threads are here; everywhere in a program the same count. */
static inline void always_meet(int count)
{
    int number = __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
    int all = (number / count + 1) * count;

    while (__atomic_load_n(&arrived, __ATOMIC_SEQ_CST) < all)
        usleep(50);
}

/* Meets only where the program is to hang: its twin's locks keep the threads apart. */
static inline void meet(int count)
{
    if (!is_fixed)
        always_meet(count);
}

static inline void lock(pthread_mutex_t *mutex)
{
    must(pthread_mutex_lock(mutex), "pthread_mutex_lock");
}

static inline void unlock(pthread_mutex_t *mutex)
{
    must(pthread_mutex_unlock(mutex), "pthread_mutex_unlock");
}

/* Holds both; when `count` threads hold their first, each goes for its second. */
static inline void hold_two(pthread_mutex_t *first, pthread_mutex_t *second, int count)
{
    lock(first);
    meet(count);
    lock(second);
    unlock(second);
    unlock(first);
}

struct numbered {
    numbered_function run;
    int number;
};

static inline void *run_numbered_one(void *argument)
{
    const struct numbered *one = (const struct numbered *)argument;

    one->run(one->number);
    return NULL;
}

/* One thread for each number but the last, which the caller runs; then the caller joins them. */
static inline void run_numbered(numbered_function run, int count)
{
    static struct numbered all[MOST_THREADS];
    static pthread_t threads[MOST_THREADS];
    pthread_attr_t attributes;

    must_be(count <= MOST_THREADS, "few enough threads");
    must(pthread_attr_init(&attributes), "pthread_attr_init");
    must(pthread_attr_setstacksize(&attributes, 256 * 1024), "pthread_attr_setstacksize");
    for (int i = 0; i < count - 1; i++) {
        all[i].run = run;
        all[i].number = i;
        must(pthread_create(&threads[i], &attributes, run_numbered_one, &all[i]), "pthread_create");
    }
    run(count - 1);
    for (int i = 0; i < count - 1; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
}

static inline void *run_plain_body(void *argument)
{
    body_function run;

    memcpy(&run, argument, sizeof run);
    run();
    return NULL;
}

/* A thread that runs the body, which must stay where it is. */
static inline pthread_t start(const body_function *body)
{
    pthread_t thread;

    must(pthread_create(&thread, NULL, run_plain_body, (void *)body), "pthread_create");
    return thread;
}

/* One thread for each body but the last, which the caller runs; then the caller joins them. */
static inline void run_together(const body_function *bodies, size_t count)
{
    pthread_t threads[MOST_BODIES];

    must_be(count <= MOST_BODIES, "few enough bodies");
    for (size_t i = 0; i + 1 < count; i++)
        threads[i] = start(&bodies[i]);
    bodies[count - 1]();
    for (size_t i = 0; i + 1 < count; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
}

#define RUN_TOGETHER(...)                                                                          \
    do {                                                                                           \
        static const body_function bodies_[] = {__VA_ARGS__};                                      \
        run_together(bodies_, sizeof bodies_ / sizeof bodies_[0]);                                 \
    } while (0)

#endif
