/* Why a cycle of locks is not a finding.
 *
 * The first choice of requests that makes the cycle shows the reason if it breaks one rule only;
 * else the first choice that breaks one rule only does; else the reason is the first of the rules
 * that the first choice breaks. Rules are taken in the order of finding.def. "Single thread" also
 * covers a cycle whose steps fewer threads take than it has steps.
 */
#ifndef UNKNOT_PREDICT_DISMISSAL_H
#define UNKNOT_PREDICT_DISMISSAL_H

#include "analyzer/predict/pattern.h"

/* Judges the cycle whose edges are judge->parts[0 .. count - 1], and leaves the choice that shows
 * the reason there. False: the cycle is a finding after all, or the budget is spent. */
__attribute__((warn_unused_result)) bool
dismissal_find(struct pattern *judge, size_t count, enum dismissal *reason, struct breach *breach);

#endif
