/* The lock-order graph, cut down to what can be part of a cycle.
 *
 * Nodes are locks, or classes of locks; an edge from→to stands for every request of `to` made
 * while `from` is held, and keeps each of them as a use. Three steps: the graph's strongly
 * connected components (Tarjan 1972, iterative); if asked, requests no other thread can meet are
 * taken out to a fixpoint (Cai & Chan, Magiclock, 2014) and the components made again; what is
 * left inside components becomes edges. Most recordings have nothing left.
 *
 * Cost: linear in the held locks of the requests, times the rounds of pruning (at most 32), and a
 * sort of what is left. Read-only once made. */
#ifndef UNKNOT_PREDICT_ORDER_GRAPH_H
#define UNKNOT_PREDICT_ORDER_GRAPH_H

#include <stdbool.h>
#include "analyzer/predict/request.h"

struct edge_use {
    const struct request *request;
    uint32_t hold; /* which of the request's held locks the edge starts at */
};

struct order_edge {
    uint32_t from, to;
    const struct edge_use *uses; /* in the order recorded */
    size_t use_count;
};

struct order_graph {
    uint32_t node_count;
    struct order_edge *edges; /* by from, then to */
    size_t edge_count;
    size_t *first_out;   /* node → its first edge; node_count + 1 entries */
    size_t *in_edges;    /* positions of edges, by to, then from */
    size_t *first_in;    /* node → its first entry in in_edges; node_count + 1 entries */
    size_t thread_count; /* distinct threads that make the uses */
};

struct order_graph_options {
    const uint32_t *node_of_lock; /* NULL: every lock is a node of its own */
    uint32_t node_count;          /* with node_of_lock */
    bool blocking_only;           /* leave out requests that try or give up */
    bool across_threads;          /* cycles need two threads: prune accordingly */
};

void order_graph_build(struct arena *arena, const struct request_set *set,
                       const struct order_graph_options *options, struct order_graph *graph);

#endif
