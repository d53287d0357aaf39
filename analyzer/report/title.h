/* One line that says what a finding is. Not yet escaped for an output. */
#ifndef UNKNOT_REPORT_TITLE_H
#define UNKNOT_REPORT_TITLE_H

#include "analyzer/model/finding.h"
#include "analyzer/report/name.h"

/* The lock that step `index` requests: the one the next step (cyclically) holds. */
uint32_t step_wanted(const struct cycle_step *step);

/* The entry of the held list that makes the step part of its cycle. */
const struct trace_dependency_held *step_hold(const struct cycle_step *step);

/* "lock_A and lock_B are taken in opposite orders" */
const char *title_cycle(struct arena *arena, struct names *names, const struct execution *execution,
                        const struct cycle_step *steps, size_t step_count);

/* The same with the names of classes: no set of instances closes that cycle. */
const char *title_class_cycle(struct arena *arena, struct names *names,
                              const struct execution *execution, const struct cycle_step *steps,
                              size_t step_count);

/* The same for a wait under a lock, and a lock read twice. */
const char *title_blocked_wait(struct arena *arena, struct names *names,
                               const struct finding *finding);
const char *title_recursive_read(struct arena *arena, struct names *names,
                                 const struct finding *finding);

/* That of any predicted or possible finding. */
const char *title_finding(struct arena *arena, struct names *names, const struct finding *finding);

/* The same for a deadlock that happened. */
const char *title_deadlock(struct arena *arena, struct names *names, const struct finding *finding);

/* "lock_A and lock_B": the locks of a circle. */
const char *title_locks(struct arena *arena, struct names *names, const struct finding *finding);
/* "accounts is taken while audit is held, against orders.txt" */
const char *title_order_violation(struct arena *arena, struct names *names,
                                  const struct finding *finding);

/* Why a cycle was set aside, with the names of the threads and locks it is about. */
const char *title_dismissal(struct arena *arena, struct names *names,
                            const struct dismissed *dismissed);

#endif
