/* Which dependencies can matter to a change: it alters what is nested in what only among the locks
 * of chains that have one of its classes, so that a circle it makes, or breaks, goes through
 * classes that these lead to and that lead to these. All others need not be looked at again.
 *
 * Made once for an execution: linear in the held locks, but for sorting the pairs of classes. A
 * question costs a look at each dependency and each pair. */
#ifndef UNKNOT_FIX_CHAIN_SCOPE_H
#define UNKNOT_FIX_CHAIN_SCOPE_H

#include "analyzer/fix/chain_base.h"
#include "analyzer/fix/fix.h"

struct chain_scope;

struct chain_scope *chain_scope_create(struct arena *arena, const struct chain_base *base);

/* Those that can matter, in the order recorded; of locks whose readers queue behind writers all,
 * since who writes them tells what conflicts. Lives in the given arena. */
const struct dependency *chain_scope_of(struct arena *arena, const struct chain_scope *scope,
                                        const struct fix_change *change, size_t *count);

#endif
