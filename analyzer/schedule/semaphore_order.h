/* What semaphores order in every schedule of a program, by counting.
 *
 * Which post lets a take go on differs from run to run, so that the one recorded proves nothing.
 * But a post p comes before a take w in all of them if, without p, there are too few: the initial
 * value and the posts that need not come after p or w are fewer than the takes that come before w,
 * and w. What this orders can order more, so that it is done again until nothing changes.
 *
 * Quadratic in the posts and takes of a semaphore: one with more than 512 orders nothing, nor one
 * whose initial value is unknown. */
#ifndef UNKNOT_SCHEDULE_SEMAPHORE_ORDER_H
#define UNKNOT_SCHEDULE_SEMAPHORE_ORDER_H

#include "analyzer/schedule/schedule_index.h"

struct semaphore;

/* NULL if there are no semaphores. */
struct semaphore *semaphore_order_collect(struct arena *arena, const struct sync_trace *trace);

/* Adds to the must_edges of the index what follows from those it has. False: nothing did. */
__attribute__((warn_unused_result)) bool semaphore_order_extend(struct schedule_index *index,
                                                                struct semaphore *semaphores);

#endif
