/* Which locks a thread takes inside which: whom a lock that is moved to an outer place belongs to,
 * in chains that do not show it. */
#ifndef UNKNOT_FIX_CHAIN_PARTNER_H
#define UNKNOT_FIX_CHAIN_PARTNER_H

#include "analyzer/fix/chain_base.h"
#include "analyzer/fix/chain_places.h"

/* The thread took `inner` at the nesting's inner place while it held `outer` from its outer one. */
struct chain_partner {
    uint32_t nesting; /* its position in the change */
    uint32_t thread, outer, inner;
    uint32_t stack, mode; /* of the inner one */
};

struct chain_partners {
    const struct chain_partner *items; /* sorted by nesting, thread, outer, inner */
    size_t count;
};

void chain_partners_find(struct arena *arena, const struct chain_base *base,
                         const struct fix_change *change, const struct chain_places *places,
                         struct chain_partners *partners);

/* Those of this nesting, thread and outer lock: the first, and how many they are. */
const struct chain_partner *chain_partners_of(const struct chain_partners *partners,
                                              uint32_t nesting, uint32_t thread, uint32_t outer,
                                              size_t *count);

/* Any of the nesting, NULL if it has none. */
const struct chain_partner *chain_partners_any(const struct chain_partners *partners,
                                               uint32_t nesting);

#endif
