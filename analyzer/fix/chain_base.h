/* What the rewriting of chains (chain_rewrite.h) looks up in a recorded execution, made once for
 * all the changes that are tried on it. Read-only once made. */
#ifndef UNKNOT_FIX_CHAIN_BASE_H
#define UNKNOT_FIX_CHAIN_BASE_H

#include "analyzer/model/execution.h"

/* Where in the dependencies an acquisition with locks held was recorded. */
struct chain_acquisition {
    uint32_t thread, lock, stack;
    uint32_t dependency; /* its position */
};

struct chain_base {
    const struct execution *execution; /* the recorded one */
    struct execution with_gate;        /* the same, and a lock more, the last one: a gate */
    uint32_t gate;                     /* its id */
    const uint32_t *lock_class;        /* by position in with_gate.locks */
    size_t class_count;                /* the gate's is the last */
    const struct lock **sole_lock;     /* by class: its only lock, NULL if there are several */
    const struct chain_acquisition *acquisitions; /* sorted */
    size_t acquisition_count;
};

/* `lock_class` as in struct analysis. Linear in the execution, but for sorting. */
void chain_base_make(struct arena *arena, const struct execution *execution,
                     const uint32_t *lock_class, struct chain_base *base);

/* Whether the acquisition of a held lock was recorded as a request with at least the locks that the
 * list has before it: then what was held is told there. */
bool chain_base_has_acquisition(const struct chain_base *base, const struct dependency *dependency,
                                size_t hold);

#endif
