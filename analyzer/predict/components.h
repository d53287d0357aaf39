/* Strongly connected components of a lock-order relation given by requests (Tarjan, SIAM J.
 * Comput. 1972), without making its edges: a request that holds n locks stands for n edges.
 * Iterative; linear in the held locks of the requests. */
#ifndef UNKNOT_PREDICT_COMPONENTS_H
#define UNKNOT_PREDICT_COMPONENTS_H

#include <stdbool.h>
#include "analyzer/predict/request.h"

/* The relation: request i takes part if alive[i]; its lock and held locks stand for nodes. */
struct order_relation {
    const struct request_set *set;
    const uint32_t *node_of_lock; /* NULL: the lock itself */
    uint32_t node_count;
    bool *alive;
    size_t *first_holder; /* node → its first entry in holders; node_count + 1 entries */
    size_t *holders;      /* positions of the requests that hold the node */
};

static inline uint32_t order_relation_node(const struct order_relation *relation, uint32_t lock)
{
    return relation->node_of_lock ? relation->node_of_lock[lock] : lock;
}

/* Fills the tables from set, node_of_lock, node_count and alive. */
void order_relation_index(struct arena *arena, struct order_relation *relation);

/* component[node]: equal for two nodes exactly if each can be reached from the other through the
 * requests that are alive. `component` has node_count entries. */
void components_find(struct arena *arena, const struct order_relation *relation,
                     uint32_t *component);

#endif
