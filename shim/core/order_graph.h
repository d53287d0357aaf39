/* The lock-order graph, for the one line at exit: are there locks taken in conflicting orders?
 *
 * Nodes are locks; an edge says that one was held when the other was requested. A group is a
 * strongly connected component of more than one lock: a suspicion, not a verdict (the analyzer
 * knows gates, threads and creation order). Tarjan's algorithm without recursion; linear in the
 * chains known. Runs once, at exit. */
#ifndef UNKNOT_SHIM_ORDER_GRAPH_H
#define UNKNOT_SHIM_ORDER_GRAPH_H

#include <stdint.h>

struct order_conflicts {
    uint32_t groups, locks;
};

/* None without memory. */
struct order_conflicts order_graph_conflicts(void);

#endif
