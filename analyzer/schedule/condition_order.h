/* What condition variables order in every schedule of a program.
 *
 * Which signal woke a wait differs from run to run. But a signal (or broadcast) p comes before the
 * end of a wait that was woken if every other one is too early for it, coming before the wait
 * begins, or too late, coming after its end or after p. Waits that ended by themselves need no
 * signal. What this orders can order more, so that it is to be asked again until nothing changes.
 *
 * Quadratic in the signals and waits of a condition: one with more than 512 of either orders
 * nothing. */
#ifndef UNKNOT_SCHEDULE_CONDITION_ORDER_H
#define UNKNOT_SCHEDULE_CONDITION_ORDER_H

#include "analyzer/schedule/schedule_index.h"

struct condition;

/* NULL if there are no conditions. */
struct condition *condition_order_collect(struct arena *arena, const struct sync_trace *trace);

/* Adds to the must_edges of the index what follows from those it has. False: nothing did. */
__attribute__((warn_unused_result)) bool condition_order_extend(struct schedule_index *index,
                                                                struct condition *conditions);

#endif
