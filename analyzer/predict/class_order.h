/* Cycles between classes of locks that no instances close.
 *
 * An instance cycle lies within one component of the graph of instances, so a class edge none of
 * whose uses lies there is closed by no instances: a class cycle with such an edge is class-only.
 * That includes a class whose locks nest in each other, in whatever consistent order. All rules
 * of pattern.h but single-thread hold: any thread might play any part. */
#ifndef UNKNOT_PREDICT_CLASS_ORDER_H
#define UNKNOT_PREDICT_CLASS_ORDER_H

#include "analyzer/predict/cycle_search.h"
#include "analyzer/predict/lock_class.h"

/* Visits every class-only cycle, as the budget allows; `instances` is the graph of locks without
 * any request left out. */
void class_order_search(struct arena *arena, const struct request_set *set,
                        const struct happens_before *order, const struct lock_classes *classes,
                        const struct order_graph *instances, struct search_budget *budget,
                        cycle_visit *visit, void *context);

#endif
