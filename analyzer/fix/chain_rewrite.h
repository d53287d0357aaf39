/* A fix, applied to what was recorded of held locks: the dependencies as they would have been with
 * it, for the analysis of lock order to judge. Any recording will do, joined ones and those of a
 * suite too: no events are needed.
 *
 * A dependency is a chain: the held locks in order, then the request.
 *   RECURSIVE_LOCK, SINGLE_LOCK  the classes' locks become the first of them, and what is held
 *                                already is not requested; `keeps_apart`: only that
 *   GATE_LOCK                    the gate comes before the first lock taken at an outer place
 *   REORDER, PRE_ACQUIRE         at an outer place come the inner lock, that of the chain, else
 *                                what the thread takes inside, else the class's only one; then it
 *                                is not taken again. Those are in the order of the classes, of one
 *                                class by address. Whether one that the chain does not show is
 * still held in the end nobody knows: there are both TRY_BACKOFF                  the request at an
 * inner place, the outer lock held, only tries RELEASE_FIRST                there the outer lock is
 * not held any more; it is requested again with what is left but the inner one What comes before
 * the first lock of a chain has no record of its own; so that it gets one, acquisitions at outer
 * places are taken from the held lists of others, unless they are recorded.
 *
 * Moved locks keep the stack that they were taken with, so that steps stay comparable. Cost: linear
 * in the dependencies and their held locks, times the nestings for those with locks concerned. */
#ifndef UNKNOT_FIX_CHAIN_REWRITE_H
#define UNKNOT_FIX_CHAIN_REWRITE_H

#include "analyzer/fix/chain_base.h"
#include "analyzer/fix/fix.h"

struct chain_rewriter;

/* Looks up what the change says of the execution. Lives in the arena. */
struct chain_rewriter *chain_rewriter_create(struct arena *arena, const struct chain_base *base,
                                             const struct fix_change *change);

struct chain_result {
    struct execution execution; /* ids are those of the recording, and the base's gate */
    size_t held_across_waits;   /* requests inside condition waits that hold what they did not */
};

/* The execution with these dependencies, rewritten: its own, or some of it. */
void chain_rewrite(struct chain_rewriter *rewriter, const struct dependency *dependencies,
                   size_t count, struct chain_result *result);

/* The class that a lock of this class has then, and the lock that this one is. */
uint32_t chain_rewriter_class(const struct chain_rewriter *rewriter, uint32_t lock_class);
uint32_t chain_rewriter_lock(const struct chain_rewriter *rewriter, uint32_t lock);

#endif
