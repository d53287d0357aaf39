/* What the programs that act at random share: scenes, each of them played by some threads, chosen
 * from a seed. The calls are the same for the same seed; how they interleave is not.
 * Header-only. */
#ifndef UNKNOT_TESTS_RANDOM_ACTORS_H
#define UNKNOT_TESTS_RANDOM_ACTORS_H

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_ACTORS = 6 };

struct actor {
    pthread_t thread;
    uint64_t random;
    unsigned number, count; /* which of how many */
    unsigned held;          /* how many locks, where they are counted */
};

typedef void *(*part)(void *actor);

static inline void must(bool succeeded, const char *what)
{
    if (succeeded)
        return;
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static inline unsigned below(struct actor *actor, unsigned limit)
{
    actor->random = actor->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(actor->random >> 33) % limit;
}

static inline struct timespec in_a_moment(clockid_t clock)
{
    struct timespec when;
    clock_gettime(clock, &when);
    when.tv_nsec += 300000;
    when.tv_sec += when.tv_nsec / 1000000000;
    when.tv_nsec %= 1000000000;
    return when;
}

/* One thread for each part, from start to end. */
static inline void play(struct actor *director, unsigned count, const part *parts)
{
    struct actor actors[MOST_ACTORS] = {0};
    for (unsigned i = 0; i < count; i++) {
        actors[i].random = director->random + i;
        actors[i].number = i;
        actors[i].count = count;
        below(director, 2);
        must(pthread_create(&actors[i].thread, NULL, parts[i], &actors[i]) == 0, "pthread_create");
    }
    for (unsigned i = 0; i < count; i++)
        pthread_join(actors[i].thread, NULL);
}

typedef void (*scene)(struct actor *director);

/* The program's arguments are the seed and how many scenes it plays. */
static inline void play_at_random(int argument_count, char **arguments, const scene *scenes,
                                  size_t scene_count)
{
    struct actor director = {.random = argument_count > 1 ? strtoull(arguments[1], NULL, 10) : 1};
    unsigned rounds = argument_count > 2 ? (unsigned)strtoul(arguments[2], NULL, 10) : 1;
    for (unsigned i = 0; i < rounds; i++)
        scenes[below(&director, (unsigned)scene_count)](&director);
}

#endif
