/* The order of some nodes that the least weight of arcs is against: a minimum feedback arc set.
 *
 * Up to 20 nodes exactly, by dynamic programming over the sets that may come first (Lawler, A
 * Comment on Minimum Feedback Arc Sets, 1964): 2^n steps for each node, 50 ms at the most. Above
 * that by peeling off sources, sinks and the node that loses least (Eades, Lin, Smyth, A Fast and
 * Effective Heuristic for the Feedback Arc Set Problem, 1993), then moving single nodes as long as
 * that gains something. Of orders that cost the same the same one is chosen each time. */
#ifndef UNKNOT_FIX_ORDER_CHOICE_H
#define UNKNOT_FIX_ORDER_CHOICE_H

#include <stdbool.h>
#include "analyzer/base/arena.h"

enum { ORDER_CHOICE_EXACT = 20 };

/* Sums of weights must fit 64 bits. */
struct order_arc {
    uint32_t from, to; /* from should come before to; different nodes */
    uint64_t weight;
};

struct order_choice {
    uint32_t *order;  /* the nodes */
    uint64_t against; /* the weight of the arcs that it is against */
    bool is_exact;
};

/* `order` lives in the arena. */
void order_choose(struct arena *arena, uint32_t node_count, const struct order_arc *arcs,
                  size_t arc_count, struct order_choice *choice);

#endif
