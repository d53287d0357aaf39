/* Fixes of findings: what to change, whether the recorded run would have been free of the finding
 * with it, what that costs, and what to edit.
 *
 * A fix is a change of how locks are acquired, told in terms of the recorded execution: classes of
 * locks and places where they are acquired. Two rewriters apply it: to chains of held locks
 * (chain_rewrite.h; any recording) and to the events of a run (trace_rewrite.h). It is verified on
 * this run if the first leaves no cycle that was not there before and not the one it is for, and
 * simulated schedules of the second never get stuck. Plain data in the arena of the analysis. */
#ifndef UNKNOT_FIX_FIX_H
#define UNKNOT_FIX_FIX_H

#include "analyzer/model/finding.h"

enum fix_kind {
#define FIX_KIND(NAME, word, title, risk) FIX_##NAME,
#include "analyzer/fix/fix.def"
#undef FIX_KIND
};

enum fix_rejection {
#define FIX_REJECTION(NAME, word, text) FIX_REJECTION_##NAME,
#include "analyzer/fix/fix.def"
#undef FIX_REJECTION
};

enum fix_scope {
#define FIX_SCOPE(NAME, text) FIX_SCOPE_##NAME,
#include "analyzer/fix/fix.def"
#undef FIX_SCOPE
};

const char *fix_kind_word(enum fix_kind kind);
const char *fix_kind_title(enum fix_kind kind);
const char *fix_kind_risk(enum fix_kind kind);
const char *fix_rejection_word(enum fix_rejection rejection);
const char *fix_rejection_text(enum fix_rejection rejection);
const char *fix_scope_text(enum fix_scope scope);

/* A lock of one class acquired inside one of another (or the same) class. The places are the two
 * calls in the function that makes both, whatever wrappers are between them and the lock's own
 * function, and whoever calls it: a stack is at a place if one of its frames is (fix_place.h). */
struct fix_nesting {
    uint32_t outer_class, inner_class; /* as in analysis.lock_class */
    trace_code_t outer_place, inner_place;
    uint32_t outer_stack, inner_stack; /* of one thread that did so; ids in the execution */
    uint32_t outer_lock, inner_lock;   /* the same: ids of the instances */
};

/* What is changed. */
struct fix_change {
    enum fix_kind kind;
    /* RECURSIVE_LOCK: these become one recursive lock, or, if it is one class that a thread locks
     * twice, each lock of it becomes recursive (`keeps_apart`). SINGLE_LOCK: these become one lock,
     * and what would take it again does not. GATE_LOCK: a new lock is taken before the first of
     * these and given back after the last, at the nestings' places. REORDER, PRE_ACQUIRE: the one
     * order of all the classes concerned. */
    const uint32_t *classes;
    size_t class_count;
    bool keeps_apart;
    /* REORDER: at outer_place the inner lock is taken first, and not again at inner_place; of two
     * locks of one class, the one at the lower address first. PRE_ACQUIRE: at outer_place both are
     * taken, in the order of `classes` (of one class, by address), and the inner one not again at
     * inner_place. TRY_BACKOFF: inner_place only tries; if that fails the outer lock is given back
     * and all begins anew at outer_place. RELEASE_FIRST: the outer lock is given back before
     * inner_place, and taken again when the inner one was given back. GATE_LOCK: where the gate is
     * taken (outer_place). */
    const struct fix_nesting *nestings;
    size_t nesting_count;
    /* REORDER: at these places locks are taken in the right order as well, so that the order has to
     * be told from the locks: by address, or a rank of theirs. */
    bool by_rank;
    bool is_approximate; /* REORDER: too many classes to be sure that no fewer places would do */
};

struct fix_verdict {
    bool verified; /* on this run; else `rejection` tells why not */
    enum fix_rejection rejection;
    enum fix_scope scope;
    size_t cycles_before, cycles_after; /* findable in the lock graph: those of this finding */
    size_t new_cycles;
    /* FIX_REJECTION_NEW_CYCLE: the locks of the first one, ids in their order; 0 is the new lock of
     * a GATE_LOCK, and merged locks go by the first of them. */
    const uint32_t *new_cycle_locks;
    size_t new_cycle_length;
    size_t schedules, stuck_before, stuck_after; /* simulated, and deadlocked before and with it */
    size_t inconclusive; /* of those with it: what the threads told each other did not fit */
    bool is_timed;       /* the recording has the times of events (option times) */
    double cost_percent; /* is_timed: by how much longer the simulated run takes; may be negative */
    unsigned processors; /* that the simulation had */
};

struct fix {
    struct fix_change change;
    struct fix_verdict verdict;
    size_t places;   /* in the program that change: what to edit there tells report/fix_advice.h */
    bool is_mistake; /* what one might think of, and is none: there to be rejected */
};

/* All of a finding, the best first, rejected ones last. */
struct fix_set {
    const struct fix *fixes;
    size_t count;
};

#endif
