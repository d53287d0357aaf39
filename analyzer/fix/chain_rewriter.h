/* What the files of the rewriting of chains share; for them only. See chain_rewrite.h. */
#ifndef UNKNOT_FIX_CHAIN_REWRITER_H
#define UNKNOT_FIX_CHAIN_REWRITER_H

#include "analyzer/base/array.h"
#include "analyzer/fix/chain_partner.h"
#include "analyzer/fix/chain_rewrite.h"

/* A lock of a chain: held, or in the end requested. */
struct link {
    struct trace_dependency_held held;
    uint32_t lock_class; /* UINT32_MAX: the lock is not known */
    bool is_used;        /* of the recorded chain: taken at an outer place already */
    bool is_added;       /* of the rewritten one: was not held here, or not yet */
    bool is_partner;     /* the chain does not show it: it may have been given back since */
};

struct chain {
    struct link *items;
    size_t count, capacity;
};

struct chain_rewriter {
    struct arena *arena;
    const struct chain_base *base;
    const struct fix_change *change;
    bool *is_concerned; /* by class */
    uint32_t *rank;     /* by class: its place in the change's order, from 1 */
    uint32_t merged;    /* the class that the change's classes become */
    uint32_t merged_lock;
    struct chain_places places;
    struct chain_partners partners;
    /* The dependency in hand, as recorded, and as rewritten so far; `moved` is what comes to an
     * outer place, or leaves it. */
    const struct dependency *dependency;
    struct chain before, after, moved;
    ARRAY(struct dependency) results;
    size_t held_across_waits;
};

struct link chain_link_of(const struct chain_rewriter *rewriter,
                          const struct trace_dependency_held *held);

bool chain_holds(const struct chain_rewriter *rewriter, uint32_t lock);
bool chain_is_outer(const struct chain_rewriter *rewriter, size_t nesting, const struct link *link);
bool chain_is_inner(const struct chain_rewriter *rewriter, size_t nesting, const struct link *link);

/* Holds the link; before that, if `is_told`, a dependency: it is requested with what is held. */
void chain_take(struct chain_rewriter *rewriter, const struct link *link, bool is_told);

/* REORDER, PRE_ACQUIRE: takes the link at `at` of the recorded chain, and what comes with it. */
void chain_take_moved(struct chain_rewriter *rewriter, size_t at, bool is_told);

#endif
