/* The parts an oracle is made of; for its own files only. */
#ifndef TESTS_RANDOM_TRACES_ORACLE_STEP_H
#define TESTS_RANDOM_TRACES_ORACLE_STEP_H

#include "tests/random_traces/oracle.h"

/* The order in which the threads that wait for one condition began, and the signals since: for
 * each waiter its rank from 1, whether a broadcast woke it, and how many signals came after it
 * began and before the next one did that woke nobody yet. Of a signal, any earlier waiter may be
 * the one it wakes. */
void oracle_begin_wait(const struct oracle *oracle, struct oracle_state *state, uint32_t thread,
                       uint32_t condition);
bool oracle_can_end_wait(const struct oracle *oracle, const struct oracle_state *state,
                         uint32_t thread, uint32_t condition);
void oracle_end_wait(const struct oracle *oracle, struct oracle_state *state, uint32_t thread,
                     uint32_t condition, bool woken);
void oracle_wake(const struct oracle *oracle, struct oracle_state *state, uint32_t condition,
                 bool all);

/* Whether all that the thread meets at the barrier, of known size, have come. */
bool oracle_is_open(const struct oracle *oracle, const struct oracle_state *state, uint32_t thread,
                    uint32_t barrier);

/* What the order of the run asks of every step: needs and forbids. */
void oracle_keep_order(struct oracle *oracle);

/* Marks the patterns that the state reaches and adds its circle of requests. False: no room. */
bool oracle_judge_state(struct oracle *oracle, size_t state);

/* The same for a state in which nobody can go on: notes who waits there for good with a lock held.
 */
void oracle_judge_end(struct oracle *oracle, const struct oracle_state *state);

/* Whom each thread that stands at a request waits for, as bits; 0 for the others. */
void oracle_find_edges(const struct oracle *oracle, const struct oracle_state *state,
                       uint32_t *edges);

/* The threads that wait for `thread` and that it waits for, among some. */
uint32_t oracle_find_circle(const uint32_t *edges, uint32_t thread, uint32_t among);

bool oracle_has_begun(const struct oracle *oracle, const struct oracle_state *state,
                      uint32_t thread);

/* Whether a thread stands at a request to write the lock, not by a try. */
bool oracle_asks_to_write(const struct oracle *oracle, const struct oracle_state *state,
                          uint32_t thread, uint32_t lock);

#endif
