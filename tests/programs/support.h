/* What the test programs share: threads that act in turn, and a few lock forms said once.
 *
 * Turns force an order that no lock, create or join follows from: an atomic counter and short
 * sleeps, so a program never hangs and its verdict stays that of unordered threads.
 * Header-only, C11 and C++17. Any thread may call anything here. */
#ifndef UNKNOT_TESTS_PROGRAMS_SUPPORT_H
#define UNKNOT_TESTS_PROGRAMS_SUPPORT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE    __attribute__((noinline))
#define MOST_BODIES 256

typedef void (*body_function)(void);

/* Counts ended turns. Sequentially consistent, so a turn sees all that earlier ones did. */
static int turns_ended;

/* Ends the program with one line if a call failed: such a run proves nothing. */
static inline void must(int error, const char *what)
{
    if (error == 0)
        return;
    fprintf(stderr, "%s: %s\n", what, strerror(error));
    _exit(EXIT_FAILURE);
}

/* The same for a condition the program relies on, such as two addresses being equal. */
static inline void must_be(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    _exit(EXIT_FAILURE);
}

static inline void wait_for_turn(int turn)
{
    while (__atomic_load_n(&turns_ended, __ATOMIC_SEQ_CST) < turn)
        usleep(50);
}

static inline void end_turn(void)
{
    __atomic_add_fetch(&turns_ended, 1, __ATOMIC_SEQ_CST);
}

struct body {
    body_function run;
    int turn;
};

static inline void *run_body(void *argument)
{
    const struct body *body = (const struct body *)argument;

    wait_for_turn(body->turn);
    body->run();
    end_turn();
    return NULL;
}

/* Starts one thread for each body, runs the bodies in the order given, joins the threads. All of
 * them exist before the first body runs, unless the first one is quick: nothing orders them. */
static inline void run_in_turn(const body_function *bodies, size_t count)
{
    static struct body slots[MOST_BODIES];
    pthread_t threads[MOST_BODIES];
    int first = __atomic_load_n(&turns_ended, __ATOMIC_SEQ_CST);

    must_be(count <= MOST_BODIES, "few enough bodies");
    for (size_t i = 0; i < count; i++) {
        slots[i].run = bodies[i];
        slots[i].turn = first + (int)i;
        must(pthread_create(&threads[i], NULL, run_body, &slots[i]), "pthread_create");
    }
    for (size_t i = 0; i < count; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
}

/* Returns once the thread whose kernel id comes to lie in *tid sleeps: it waits for the caller. */
static inline void wait_until_asleep(const pid_t *tid)
{
    char path[64], line[256] = "";
    pid_t id;

    while ((id = __atomic_load_n(tid, __ATOMIC_SEQ_CST)) == 0)
        usleep(50);
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)id);
    while (strstr(line, ") S ") == NULL) {
        FILE *file = fopen(path, "r");
        must_be(file != NULL && fgets(line, sizeof line, file) != NULL, "the thread is there");
        fclose(file);
        usleep(50);
    }
}

#define RUN_IN_TURN(...)                                                                           \
    do {                                                                                           \
        const body_function bodies_[] = {__VA_ARGS__};                                             \
        run_in_turn(bodies_, sizeof bodies_ / sizeof bodies_[0]);                                  \
    } while (0)

/* Takes the outer, then the inner mutex, and releases both. */
static inline void nest(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
    must(pthread_mutex_lock(outer), "lock the outer mutex");
    must(pthread_mutex_lock(inner), "lock the inner mutex");
    must(pthread_mutex_unlock(inner), "unlock the inner mutex");
    must(pthread_mutex_unlock(outer), "unlock the outer mutex");
}

static inline void init_mutex_of_type(pthread_mutex_t *mutex, int type)
{
    pthread_mutexattr_t attributes;

    must(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
    must(pthread_mutexattr_settype(&attributes, type), "pthread_mutexattr_settype");
    must(pthread_mutex_init(mutex, &attributes), "pthread_mutex_init");
    must(pthread_mutexattr_destroy(&attributes), "pthread_mutexattr_destroy");
}

/* A point in time `seconds` from now by the given clock. */
static inline struct timespec seconds_from_now(clockid_t clock, int seconds)
{
    struct timespec when;

    clock_gettime(clock, &when);
    when.tv_sec += seconds;
    return when;
}

#endif
