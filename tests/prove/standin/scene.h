/* Scenes of two threads that deadlock for sure: each has its first lock when it asks for the
 * other's. Where a fix makes that impossible, it goes on after a while. */
#ifndef UNKNOT_TEST_SCENE_H
#define UNKNOT_TEST_SCENE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_MS = 30 };

/* A place on the other thread's way. Any thread, by atomic operations. */
typedef int flag;

static inline void sleep_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static inline void reached(flag *place)
{
    __atomic_store_n(place, 1, __ATOMIC_SEQ_CST);
}

/* Until the other has been there, or cannot get there. */
static inline void meet(flag *place)
{
    for (int ms = 0; ms < MOST_MS && !__atomic_load_n(place, __ATOMIC_SEQ_CST); ms++)
        sleep_ms(1);
}

/* Until the other has been there, however long that takes. */
static inline void await(flag *place)
{
    while (!__atomic_load_n(place, __ATOMIC_SEQ_CST))
        sleep_ms(1);
}

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            _Exit(1);                                                                              \
        }                                                                                          \
    } while (0)

#define NOINLINE __attribute__((noinline, noclone))

static inline struct timespec after_ms(clockid_t clock, long ms)
{
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_sec += ms / 1000;
    time.tv_nsec += ms % 1000 * 1000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_sec++;
        time.tv_nsec -= 1000000000;
    }
    return time;
}

static inline void run_two(void *(*one)(void *), void *(*other)(void *))
{
    pthread_t first, second;
    CHECK(pthread_create(&first, NULL, one, NULL) == 0);
    CHECK(pthread_create(&second, NULL, other, NULL) == 0);
    pthread_join(first, NULL);
    pthread_join(second, NULL);
}

#endif
