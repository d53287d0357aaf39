/* Which stacks are at the places of a change: each stack is looked at once for each place. Lives in
 * an arena; not thread-safe. */
#ifndef UNKNOT_FIX_CHAIN_PLACES_H
#define UNKNOT_FIX_CHAIN_PLACES_H

#include "analyzer/fix/fix.h"

struct chain_places {
    const struct execution *execution;
    const struct fix_nesting *nestings;
    uint8_t **outer, **inner; /* by nesting, by position in execution->stacks */
};

void chain_places_make(struct arena *arena, const struct execution *execution,
                       const struct fix_change *change, struct chain_places *places);

/* Whether the stack is at the outer, the inner place of a nesting. */
bool chain_places_is_outer(const struct chain_places *places, size_t nesting, uint32_t stack);
bool chain_places_is_inner(const struct chain_places *places, size_t nesting, uint32_t stack);

#endif
