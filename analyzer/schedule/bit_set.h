/* Sets of a few hundred things, by number. */
#ifndef UNKNOT_SCHEDULE_BIT_SET_H
#define UNKNOT_SCHEDULE_BIT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BIT_SET_BITS  512
#define BIT_SET_WORDS (BIT_SET_BITS / 64)

struct bit_set {
    uint64_t words[BIT_SET_WORDS];
};

static inline void bit_set_add(struct bit_set *set, size_t i)
{
    set->words[i / 64] |= UINT64_C(1) << i % 64;
}

static inline bool bit_set_has(const struct bit_set *set, size_t i)
{
    return (set->words[i / 64] >> i % 64 & 1) != 0;
}

static inline struct bit_set bit_set_union(struct bit_set a, struct bit_set b)
{
    for (size_t i = 0; i < BIT_SET_WORDS; i++)
        a.words[i] |= b.words[i];
    return a;
}

static inline size_t bit_set_count(const struct bit_set *set)
{
    size_t count = 0;

    for (size_t i = 0; i < BIT_SET_WORDS; i++)
        count += (size_t)__builtin_popcountll(set->words[i]);
    return count;
}

#endif
