/* Runs the search for deadlock schedules over a trace and holds all it says against what can
 * happen: every pattern of requests, every verdict. */
#ifndef TESTS_RANDOM_TRACES_JUDGE_H
#define TESTS_RANDOM_TRACES_JUDGE_H

#include "analyzer/schedule/witness.h"
#include "tests/random_traces/agreement.h"

/* What was seen, over all traces. X(NAME, "what is counted"). */
#define JUDGE_COUNTS(X)                                                                            \
    X(TRACES, "traces")                                                                            \
    X(EVENTS, "events")                                                                            \
    X(LARGE, "traces too large to judge")                                                          \
    X(STATES, "states of any schedule")                                                            \
    X(STUCK, "times that threads were stuck, at any wait")                                         \
    X(CIRCLES, "circles of requests that can deadlock")                                            \
    X(PATTERNS, "patterns")                                                                        \
    X(REACHED, "patterns that can deadlock")                                                       \
    X(IN_ORDER, "patterns that can, in the order of the run")                                      \
    X(FOUND, "witnesses")                                                                          \
    X(REVERSED, "witnesses in another order")                                                      \
    X(GUESSED, "witnesses by a cause that is not certain")                                         \
    X(REJECTED, "of them rejected by the simulator")                                               \
    X(DISMISSED, "patterns dismissed")                                                             \
    X(MISSED, "patterns that can deadlock, no witness found")                                      \
    X(NOT_DISMISSED, "patterns that cannot, not dismissed")                                        \
    X(NOT_KEPT, "events that do not matter to a trace's patterns")                                 \
    X(WAIT_CIRCLES, "circles through a semaphore, a condition or a barrier")                       \
    X(WAITS_FOUND, "waits under a lock with a witness")                                            \
    X(WAITS_REVERSED, "of them in another order")                                                  \
    X(WAITS_BLOCKED, "waits under a lock that can be for good")                                    \
    X(WAITS_MISSED, "of them without a witness: for a semaphore or a barrier")                     \
    X(CONDITIONS_MISSED, "of them without a witness: for a condition")

enum judge_count {
#define X(name, text) JUDGE_##name,
    JUDGE_COUNTS(X)
#undef X
        JUDGE_COUNT_COUNT
};

const char *judge_count_text(enum judge_count count);

struct judge {
    struct oracle *oracle;
    uint64_t counts[JUDGE_COUNT_COUNT];
    uint64_t reached_threads[ORACLE_THREADS + 1]; /* patterns that can deadlock, by their size */
    size_t pattern;                               /* that is wrong */
};

/* Of a trace whose oracle has been explored in any order: waits under a lock, what is said of them.
 * NULL, or what is wrong. */
const char *judge_waits(struct judge *judge, struct arena *arena,
                        const struct abstract_requests *requests, struct schedule_index *index,
                        struct simulator *simulator);

/* NULL if all is right; else what is wrong. `random` chooses where oracle and simulator are
 * compared. */
const char *judge_trace(struct judge *judge, const struct sync_trace *trace, uint64_t *random);

#endif
