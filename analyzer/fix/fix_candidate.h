/* What might fix a finding: changes of every kind that its locks allow, and those that one might
 * think of, though they are none (fix.is_mistake). Not verified yet.
 *
 * Of one order for all classes in a circle with those of the finding, the one is chosen that the
 * fewest calls are against, of these the one that the fewest recorded ways are against
 * (order_choice.h). Lives in the arena. */
#ifndef UNKNOT_FIX_FIX_CANDIDATE_H
#define UNKNOT_FIX_FIX_CANDIDATE_H

#include "analyzer/fix/fix_graph.h"

struct fix_list {
    struct fix *items;
    size_t count, capacity;
};

/* Adds all of a circle of locks, of locks that threads wait for while they hold them themselves, or
 * of waits under locks. */
void fix_candidates_add(struct arena *arena, const struct fix_graph *graph,
                        const struct finding *finding, struct fix_list *list);

#endif
