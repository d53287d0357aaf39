/* Whether oracle and simulator, which mean the same in different ways, say the same of a trace. */
#ifndef TESTS_RANDOM_TRACES_AGREEMENT_H
#define TESTS_RANDOM_TRACES_AGREEMENT_H

#include "analyzer/schedule/simulator.h"
#include "tests/random_traces/oracle.h"

/* NULL if the trace can happen as it was recorded; else what is wrong. */
const char *agreement_replay(struct simulator *simulator, const struct sync_trace *trace);

/* Goes at random from the start to where nothing can be done; at every state both must allow the
 * same steps, and at some of them threads that the simulator calls stuck must not be able to go on;
 * *stuck counts these. NULL, or what is wrong. */
const char *agreement_walk(struct oracle *oracle, struct simulator *simulator, uint64_t *random,
                           uint64_t *stuck);

/* The schedule to each circle of an explored oracle must be a deadlock for the simulator, and none
 * any more with the last acquisition of its threads left out. NULL, or what is wrong. */
const char *agreement_circles(const struct oracle *oracle, struct simulator *simulator);

/* The next number below the limit of a sequence that is its state's. */
uint32_t random_below(uint64_t *random, uint32_t limit);

#endif
