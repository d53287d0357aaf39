/* Guesses at what conditions order where nobody waited.
 *
 * `while (!ready) wait` that finds it ready leaves no wait in the trace, and what made it ready is
 * not seen. But if the same place (the call, whoever called for it), with the same mutex, led to a
 * wait elsewhere, the one that did not wait may go on only because of a signal before: a guess edge
 * leads from the last one to where it took the mutex. A schedule that such an edge refutes is no
 * proof.
 *
 * Two passes over the trace, if there are waits in it. */
#ifndef UNKNOT_SCHEDULE_WAIT_GUESS_H
#define UNKNOT_SCHEDULE_WAIT_GUESS_H

#include "analyzer/schedule/schedule_index.h"

/* Fills in the guesses of an index that is otherwise complete. */
void wait_guesses_add(struct schedule_index *index);

/* The first event of an order that goes past such a place without the signal: its position in the
 * trace. SYNC_UNKNOWN: there is none. */
uint32_t wait_guesses_skipped(const struct schedule_index *index, const uint32_t *order,
                              size_t count);

#endif
