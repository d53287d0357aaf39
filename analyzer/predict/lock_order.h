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

struct lock_order_options {
    uint64_t search_limit; /* steps of the enumeration; 0: the default, 10 million */
    bool keep_dismissed;   /* also look for cycles that break a rule, to show them */
    bool class_order;      /* list class-only cycles instead of only counting them */
};

void lock_order_analyze(struct arena *arena, const struct execution *execution,
                        const struct lock_order_options *options, struct analysis *analysis);

#endif
