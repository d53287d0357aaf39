/* A trace without what does not matter (trace_survey.h) has the same verdicts, and its schedules,
 * with what was left out in its place, are schedules of the whole. */
#ifndef TESTS_RANDOM_TRACES_REDUCED_H
#define TESTS_RANDOM_TRACES_REDUCED_H

#include "analyzer/schedule/simulator.h"
#include "analyzer/schedule/witness.h"

struct reduced {
    struct arena *arena;
    const struct sync_trace *whole;
    struct sync_trace trace;
    uint32_t *position_of; /* in the whole trace */
    struct abstract_requests requests;
    struct schedule_index *index;
};

/* Made for patterns in which the locks of `wanted` (by object) are waited for. */
void reduced_make(struct arena *arena, const struct sync_trace *whole, const bool *wanted,
                  struct reduced *reduced);

/* `result` is what is said of the pattern with the whole trace, that of `simulator`. NULL, or what
 * is wrong. */
const char *reduced_check(struct reduced *reduced, struct simulator *simulator,
                          const struct abstract_request *const *pattern, size_t count,
                          const struct witness_result *result);

/* How many waits, for what any thread could bring, have a witness. */
size_t reduced_count_waits(struct reduced *reduced);

#endif
