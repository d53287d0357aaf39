/* Whether a change keeps the recorded run from getting stuck, in simulated schedules of it, and
 * what the change costs.
 *
 * The run's events, as they were and as they would be with the change (trace_rewrite.h), are put in
 * many orders: the recorded one, one that follows the finding's witness, those in which threads are
 * held back where they could meet, random ones, and such with random priorities and some changes of
 * them (PCT: Burckhardt, Kothari, Musuvathi, Nagarakatte, A Randomized Scheduler with Probabilistic
 * Guarantees of Finding Bugs, ASPLOS 2010). The seeds are fixed: the same recording says the same.
 * Stuck is a schedule at whose end threads wait for each other for ever, through locks or joins, in
 * a way that the finding has or that the run as it was has not: other findings stay their own. One
 * that ends because what was recorded between threads cannot be repeated is inconclusive.
 *
 * Cost: some hundred thousand simulated events a change, whatever the recording; of longer ones a
 * part is simulated (FIX_SCOPE_PART). Memory: some 100 bytes an event of that part, released but
 * for what the subject keeps. Not thread-safe. */
#ifndef UNKNOT_FIX_SIMULATE_H
#define UNKNOT_FIX_SIMULATE_H

#include "analyzer/fix/fix.h"
#include "analyzer/schedule/recorded_judge.h"

struct fix_original;

/* A finding and the run that it is of; for all the changes that may help it. */
struct fix_subject {
    const struct execution *execution; /* the finding's */
    const uint32_t *lock_class;        /* as in struct analysis */
    const struct finding *finding;
    struct recorded_judge *judge;  /* of the execution; NULL: its events are in no one order */
    struct fix_original *original; /* begins as NULL: the run as it was, made at the first change */
};

/* Fills schedules, inconclusive, stuck_before, stuck_after, scope, is_timed, cost_percent and
 * processors; of a change that the recording has no events for, the scope alone
 * (FIX_SCOPE_GRAPH_ONLY). False: it is no fix, and verdict->rejection tells why; else the rejection
 * stays as it was. Not for FIX_REMEDY. */
__attribute__((warn_unused_result)) bool fix_simulate(struct arena *arena,
                                                      struct fix_subject *subject,
                                                      const struct fix_change *change,
                                                      struct fix_verdict *verdict);

#endif
