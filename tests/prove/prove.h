/* What the programs of this folder share: threads that come one after the other by luck alone,
 * locks that end the program if a call fails, and a result that is told.
 *
 * Luck is a sleep: nothing orders the threads, and who is held back meanwhile meets the others.
 * The calls are those of tests/latent/latent.h. Header-only, C11 and C++17; any thread may call
 * anything here. */
#ifndef UNKNOT_TESTS_PROVE_PROVE_H
#define UNKNOT_TESTS_PROVE_PROVE_H

#include <fcntl.h>
#include "tests/latent/latent.h"

#define APART_MS 30

static inline void sleep_ms(int milliseconds)
{
    usleep((useconds_t)milliseconds * 1000);
}

/* Something to do that no lock has a part in. */
static inline void work(int rounds)
{
    for (volatile int i = 0; i < rounds; i++)
        ;
}

struct apart {
    body_function run;
    int after_ms;
};

static inline void *run_one_apart(void *argument)
{
    const struct apart *one = (const struct apart *)argument;

    sleep_ms(one->after_ms);
    one->run();
    return NULL;
}

/* One thread for each body, all started at once; each acts `apart_ms` after the one before it. */
static inline void run_apart(int apart_ms, const body_function *bodies, size_t count)
{
    struct apart all[MOST_BODIES];
    pthread_t threads[MOST_BODIES];

    must_be(count <= MOST_BODIES, "few enough bodies");
    for (size_t i = 0; i < count; i++) {
        all[i].run = bodies[i];
        all[i].after_ms = (int)i * apart_ms;
        must(pthread_create(&threads[i], NULL, run_one_apart, &all[i]), "pthread_create");
    }
    for (size_t i = 0; i < count; i++)
        must(pthread_join(threads[i], NULL), "pthread_join");
}

#define RUN_APART(APART, ...)                                                                      \
    do {                                                                                           \
        static const body_function bodies_[] = {__VA_ARGS__};                                      \
        run_apart(APART, bodies_, sizeof bodies_ / sizeof bodies_[0]);                             \
    } while (0)

/* Ends the program, right if the result is the one expected. Each run adds its result to the file
 * UNKNOT_PROVE_RESULTS, for whoever runs the program many times. */
static inline int finish(long result, long expected)
{
    const char *path = getenv("UNKNOT_PROVE_RESULTS");

    printf("done %ld\n", result);
    if (path != NULL) {
        int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

        must_be(file >= 0, "the file of results can be written");
        must_be(dprintf(file, "%s %ld\n", result == expected ? "right" : "wrong", result) > 0,
                "the result is written");
        close(file);
    }
    return result == expected ? 0 : 1;
}

/* Whether the program's one argument is this word. */
static inline bool is_case(int argc, char **argv, const char *word)
{
    return argc == 2 && strcmp(argv[1], word) == 0;
}

#endif
