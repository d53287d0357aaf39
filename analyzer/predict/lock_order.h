/* Lock-order analysis: cycles in the recorded dependencies, each judged.
 *
 * A cycle of size k: k distinct threads each request a lock the next one holds in a conflicting
 * mode, on k distinct locks; no common lock guards two of them; no two are ordered by creation or
 * join; none only tries or gives up. Such a cycle is a finding; one that breaks a rule is
 * dismissed with the rule as its reason. Sources: Havelund, Goodlock (2000); Bensalem & Havelund,
 * gate locks and segments (2005); Cai & Chan, Magiclock (2014) for pruning.
 *
 * Cost: linear for recordings without cycles (prune and Tarjan); enumeration is bounded by
 * `search_limit` steps and says when it stopped. */
#ifndef UNKNOT_PREDICT_LOCK_ORDER_H
#define UNKNOT_PREDICT_LOCK_ORDER_H

#include "analyzer/model/finding.h"

/* What another judge, who knows more than the dependencies, says of a cycle by given steps. */
enum cycle_verdict {
    CYCLE_POSSIBLE,
    CYCLE_PREDICTED,
    CYCLE_ORDERED,
    CYCLE_DISMISSED, /* for a reason that only this judge knows of */
    CYCLE_SPLIT,     /* possible, and these steps are the ones to show */
    CYCLE_ELSEWHERE, /* another analysis has its say about this */
};

struct cycle_opinion {
    enum cycle_verdict verdict;
    /* CYCLE_PREDICTED: the same parts, as the witness has them; CYCLE_SPLIT, CYCLE_DISMISSED */
    const struct cycle_step *steps;
    const struct finding_witness *witness; /* CYCLE_PREDICTED */
    const struct finding_order *order;     /* CYCLE_ORDERED */
    struct finding_doubt doubt;            /* CYCLE_POSSIBLE */
    /* CYCLE_DISMISSED: as in struct dismissed. */
    enum dismissal reason;
    size_t step_a, step_b;
    uint32_t gate_lock;
    bool for_all;  /* so it is with every way to fill this cycle's steps: no other is asked about */
    uint64_t work; /* events looked at */
};

/* Asked about each way to fill a cycle's steps that keeps the rules, until one is predicted or
 * split: then the cycle is. If all are ordered or dismissed, it is dismissed, and if all are
 * elsewhere, left out. If neither, asked again to be thorough, for a part of the limit. */
struct cycle_judge {
    struct cycle_opinion (*judge)(void *context, const struct cycle_step *steps, size_t count,
                                  bool thorough);
    void *context;
    bool must_say_so; /* a cycle that it does not call predicted or split is no finding */
};

struct lock_order_options {
    uint64_t search_limit;           /* steps of the enumeration; 0: the default, 10 million */
    bool keep_dismissed;             /* also look for cycles that break a rule, to show them */
    bool class_order;                /* list class-only cycles instead of only counting them */
    const struct cycle_judge *judge; /* NULL: there is none, */
    enum no_witness no_judge;        /* as this is so */
};

/* The steps that the options grant. */
uint64_t lock_order_limit(const struct lock_order_options *options);

void lock_order_analyze(struct arena *arena, const struct execution *execution,
                        const struct lock_order_options *options, struct analysis *analysis);

#endif
