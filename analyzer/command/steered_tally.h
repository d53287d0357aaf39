/* How far runs came in which threads were held back: at which steps threads stood, and together
 * with which others. Not thread-safe. */
#ifndef UNKNOT_COMMAND_STEERED_TALLY_H
#define UNKNOT_COMMAND_STEERED_TALLY_H

#include "analyzer/plan/plan.h"

struct steered_tally {
    size_t runs;
    size_t reached[TRACE_STEERING_STEPS]; /* by step: runs in which a thread came to it */
    uint64_t
        together[TRACE_STEERING_STEPS]; /* by step: those at which others stood at the same time */
};

/* Adds what the processes of one run say. */
void steered_tally_add(struct steered_tally *tally, const struct report *report);

/* Some lines about each step of the plan. */
void steered_tally_write(FILE *out, const struct plan *plan, const struct steered_tally *tally);

#endif
