/* Vector clocks that share what they have in common.
 *
 * A clock maps each thread to how many of its segments are over. Clocks are immutable; a node
 * covers a power-of-two range of threads and is shared between every clock that agrees on it, so
 * joining ten thousand threads one after the other costs ten thousand paths, not ten thousand
 * full vectors. NULL is the clock of nothing.
 *
 * Cost: set and get take log2(threads) steps, join as many as the clocks have different nodes.
 * Recursion is no deeper than log2(threads). */
#ifndef UNKNOT_PREDICT_CLOCK_SET_H
#define UNKNOT_PREDICT_CLOCK_SET_H

#include <stddef.h>
#include <stdint.h>
#include "analyzer/base/arena.h"

struct clock_node;

struct clock_set {
    struct arena *arena;
    uint32_t span;      /* a power of two, at least the number of threads */
    uint64_t work_left; /* how many nodes may still be visited; then clocks stop growing */
};

void clock_set_init(struct clock_set *set, struct arena *arena, size_t thread_count,
                    uint64_t work_limit);

uint64_t clock_get(const struct clock_set *set, const struct clock_node *clock, uint32_t thread);

/* The clock with `thread` raised to `value`, if it was lower. */
const struct clock_node *clock_raise(struct clock_set *set, const struct clock_node *clock,
                                     uint32_t thread, uint64_t value);

/* The least clock above both. */
const struct clock_node *clock_join(struct clock_set *set, const struct clock_node *left,
                                    const struct clock_node *right);

#endif
