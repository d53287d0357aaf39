/* What the programs that hang share: threads, a barrier that forces their order, two locks, and the
 * choice of a case by its name. Header-only; one program is one file and this. */
#ifndef UNKNOT_TESTS_DIAGNOSE_HANG_H
#define UNKNOT_TESTS_DIAGNOSE_HANG_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MAX 1100

static pthread_mutex_t lock_A = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_B = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t together;
static pthread_t threads[THREADS_MAX];

static inline void must(int error, const char *what)
{
    if (error != 0) {
        fprintf(stderr, "cannot %s: %s\n", what, strerror(error));
        exit(EXIT_FAILURE);
    }
}

static inline void start(size_t index, void *(*routine)(void *), void *argument)
{
    must(pthread_create(&threads[index], NULL, routine, argument), "start a thread");
}

static inline void wait_together(void)
{
    pthread_barrier_wait(&together);
}

static inline void meet(unsigned count)
{
    must(pthread_barrier_init(&together, NULL, count), "make a barrier");
}

/* Two mutexes that a thread takes one after the other, another thread in between. */
struct pair {
    pthread_mutex_t *first, *second;
};

static inline void *take_pair(void *argument)
{
    const struct pair *pair = argument;
    pthread_mutex_lock(pair->first);
    wait_together();
    pthread_mutex_lock(pair->second);
    return NULL;
}

static inline void *hold_A(void *argument)
{
    pthread_mutex_lock(&lock_A);
    wait_together();
    pause();
    return argument;
}

struct hang_case {
    const char *name;
    void (*run)(int count);
};

#define HANG_CASE(name)                                                                            \
    {                                                                                              \
#name, name                                                                                \
    }

/* The case that the first argument names, with the number that follows it. */
static inline int hang_run(const struct hang_case *cases, size_t case_count, int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < case_count; i++) {
        if (strcmp(argv[1], cases[i].name) == 0) {
            cases[i].run(argc > 2 ? atoi(argv[2]) : 0);
            return 0;
        }
    }
    fprintf(stderr, "usage: %s CASE [COUNT]\n", argv[0]);
    return 2;
}

#endif
