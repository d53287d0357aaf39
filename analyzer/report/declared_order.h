/* Which of a cycle's steps follow, and which break, an order of two locks that the program declared
 * (unknot_lock_order). Linear in the orders declared; orders are not chained: a before b and b
 * before c say nothing of a and c. */
#ifndef UNKNOT_REPORT_DECLARED_ORDER_H
#define UNKNOT_REPORT_DECLARED_ORDER_H

#include "analyzer/model/finding.h"

/* The declared order of the two locks of a step, NULL if there is none. */
const struct declared_order *declared_order_find(const struct execution *execution,
                                                 const struct cycle_step *step);

/* The step takes them the other way round. */
bool declared_order_is_broken(const struct declared_order *order, const struct cycle_step *step);

#endif
