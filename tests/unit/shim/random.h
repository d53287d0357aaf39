/* Numbers for model tests: the same ones in every run, told when a test fails. One thread each. */
#ifndef TESTS_UNIT_SHIM_RANDOM_H
#define TESTS_UNIT_SHIM_RANDOM_H

#include "tests/unit/unit.h"

#include <inttypes.h>
#include <stdbool.h>

struct random {
    uint64_t seed, state;
    uint32_t step; /* kept by the test */
};

static inline struct random random_from(uint64_t seed)
{
    return (struct random){.seed = seed, .state = seed};
}

static inline uint32_t random_below(struct random *random, uint32_t limit)
{
    uint64_t mixed = random->state += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((mixed ^ mixed >> 31) >> 32) % limit;
}

/* True once in `times`. */
static inline bool random_once_in(struct random *random, uint32_t times)
{
    return random_below(random, times) == 0;
}

#define assert_agrees(random, condition)                                                           \
    do {                                                                                           \
        bool agrees = (condition);                                                                 \
        if (!agrees)                                                                               \
            print_error("seed %" PRIu64 ", step %u: ", (random)->seed, (random)->step);            \
        assert_true(agrees);                                                                       \
    } while (0)

#endif
