/* The rules of a deadlock pattern, and the search for one.
 *
 * A pattern gives each edge of a cycle (a part) one of the requests recorded for it and one of
 * that request's occurrences. Each rule bears the name of the dismissal that its breach gives:
 *   single-thread  the parts are by different threads
 *   ordered        no part happens before another
 *   gate-lock      no lock is held in two parts, except for reading in both
 *   readers        each part's request conflicts with how the next part holds the lock; two
 *                  readers conflict if the lock queues readers behind writers and a third thread
 *                  writes
 *   trylock, timed no part's request is of a form that does not wait, or not for ever
 * Every rule concerns one or two parts, so a pattern is found by backtracking: exponential in the
 * worst case and bounded by a budget of steps. */
#ifndef UNKNOT_PREDICT_PATTERN_H
#define UNKNOT_PREDICT_PATTERN_H

#include "analyzer/model/finding.h"
#include "analyzer/predict/happens_before.h"
#include "analyzer/predict/order_graph.h"

#define PATTERN_RULE(reason) (1u << (reason))
#define PATTERN_ALL_RULES    (PATTERN_RULE(DISMISSAL_COUNT) - 1)

struct pattern_part {
    const struct order_edge *edge;
    size_t use;
    uint32_t occurrence;
};

/* Steps a search may still take; shared by all that work for it. */
struct search_budget {
    uint64_t limit, used;
};

struct pattern {
    const struct request_set *set;
    const struct happens_before *order;
    struct search_budget *budget;
    unsigned rules; /* set of PATTERN_RULE: those to keep to */
    struct pattern_part *parts, *saved;
};

/* What a breach is about. */
struct breach {
    size_t part_a, part_b;
    uint32_t gate_lock; /* position; for gate-lock */
};

/* Room for cycles of up to `longest` edges. */
void pattern_init(struct pattern *pattern, struct arena *arena, const struct request_set *set,
                  const struct happens_before *order, struct search_budget *budget, size_t longest);

bool budget_is_spent(const struct search_budget *budget);
void budget_charge(struct search_budget *budget, uint64_t steps);
/* Spends what is left: the search stops. */
void budget_exhaust(struct search_budget *budget);

/* Chooses for the first `count` edges anew. `closed`: they are the whole cycle. False: no choice
 * keeps the rules, or the budget is spent; the choices are then undefined. */
__attribute__((warn_unused_result)) bool pattern_assign(struct pattern *pattern, size_t count,
                                                        bool closed);

/* The next choices for a whole cycle after those that pattern_assign or this made. False as above.
 */
__attribute__((warn_unused_result)) bool pattern_next(struct pattern *pattern, size_t count);

/* Chooses for edge count - 1, if need be anew for those before it. False as above, but the choices
 * for the edges before it stay. */
__attribute__((warn_unused_result)) bool pattern_extend(struct pattern *pattern, size_t count,
                                                        bool closed);

/* The request and the occurrence chosen for a part. */
const struct request *pattern_request(const struct pattern_part *part);
const struct occurrence *pattern_occurrence(const struct pattern_part *part);

/* Whether the choices for a whole cycle break a rule; if so, where first. */
bool pattern_breaks(const struct pattern *pattern, size_t count, enum dismissal reason,
                    struct breach *breach);

#endif
