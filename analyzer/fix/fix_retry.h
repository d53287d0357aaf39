/* What a fix that failed may become, a little larger. */
#ifndef UNKNOT_FIX_FIX_RETRY_H
#define UNKNOT_FIX_FIX_RETRY_H

#include "analyzer/fix/fix_graph.h"

/* An order for all classes in a circle with those of the finding, also where no two threads can
 * meet. False: it cannot be had, or is the one for those where they can. */
bool fix_retry_reorder(struct arena *arena, const struct fix_graph *graph,
                       const struct finding *finding, struct fix *fix);

/* Of a fix that merges locks and made a new cycle through them: the same with the others of that
 * cycle merged, too. False: they cannot be. */
bool fix_retry_merge(struct arena *arena, const struct fix_graph *graph, struct fix *fix);

#endif
