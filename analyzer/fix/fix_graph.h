/* The lock graph of an execution as fixes are chosen and judged by it: what is nested in what
 * around a deadlock, and whether a change takes the deadlock out and brings none in.
 *
 * Compared is what the analysis of lock order finds without events, before and with the change: a
 * cycle is new if there was none through the same classes at the same places. Made once for an
 * execution; each check costs a rewriting and an analysis, of at most FIX_GRAPH_STEPS. Where that
 * did not see all cycles before, no change can be verified. */
#ifndef UNKNOT_FIX_FIX_GRAPH_H
#define UNKNOT_FIX_FIX_GRAPH_H

#include "analyzer/fix/chain_scope.h"
#include "analyzer/fix/fix.h"
#include "analyzer/fix/nesting.h"
#include "analyzer/predict/order_graph.h"

enum { FIX_GRAPH_STEPS = 100000 };

struct fix_graph {
    struct chain_base base;
    struct chain_scope *scope;
    unsigned *traits; /* by class: what all its locks have (lock_traits.h) */
    struct request_set requests;
    struct order_graph met, all; /* of locks; met: without what no other thread can meet */
    struct analysis before;
    uint64_t work; /* of a check, without what it finds */
};

/* `lock_class` as in struct analysis. */
void fix_graph_make(struct arena *arena, const struct execution *execution,
                    const uint32_t *lock_class, struct fix_graph *graph);

/* The class of a lock by its id; UINT32_MAX: it is not known. */
uint32_t fix_graph_class(const struct fix_graph *graph, uint32_t lock);

/* What can be done with all locks of a class. */
unsigned fix_graph_traits(const struct fix_graph *graph, uint32_t lock_class);

/* The nestings of the locks that the finding's steps hold and want and of all in a circle with
 * them: those that threads can meet in, or (`all`) also others. */
void fix_graph_nestings(struct arena *arena, const struct fix_graph *graph,
                        const struct finding *finding, bool all, struct nesting_list *list);

/* Whether all cycles were seen. */
bool fix_graph_is_whole(const struct fix_graph *graph);

/* Fills verified, rejection, and the numbers of cycles. Returns what it cost in steps: a look at
 * sixteen held locks, at a cycle, at a way to make one. The graph is whole. */
uint64_t fix_graph_check(struct arena *arena, const struct fix_graph *graph,
                         const struct finding *finding, const struct fix_change *change,
                         struct fix_verdict *verdict);

#endif
