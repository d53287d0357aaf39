/* All cycles of a lock-order graph that have a pattern.
 *
 * Depth first from the smallest node of each cycle, so that every cycle of nodes comes once,
 * shortest first in bands (1-2, 3-4, 5-8, ...). A path goes on only where a pattern for it exists
 * and where the start can still be reached within the band's length. Exponentially many cycles
 * may exist: the pattern's budget bounds the search. No recursion, no cap on length. */
#ifndef UNKNOT_PREDICT_CYCLE_SEARCH_H
#define UNKNOT_PREDICT_CYCLE_SEARCH_H

#include "analyzer/predict/pattern.h"

/* Called for each cycle: its edges and choices are pattern->parts[0 .. count - 1], not to be
 * changed. */
typedef void cycle_visit(void *context, const struct pattern *pattern, size_t count);

void cycle_search_run(struct arena *arena, const struct order_graph *graph, struct pattern *pattern,
                      size_t longest, cycle_visit *visit, void *context);

#endif
