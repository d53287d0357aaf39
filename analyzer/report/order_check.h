/* Violations of the orders of a file (order_file.h): a thread requests a lock that comes before one
 * it holds. No second thread is needed. Try forms and timed ones, which do not wait for ever,
 * violate nothing. Cost: linear in the dependencies; looks up each lock in them once. */
#ifndef UNKNOT_REPORT_ORDER_CHECK_H
#define UNKNOT_REPORT_ORDER_CHECK_H

#include "analyzer/report/format.h"
#include "analyzer/report/order_file.h"

/* Adds a finding for each place to the analysis of each process: `processes` are the report's. */
void order_check(struct report *report, struct report_process *processes, struct order_file *file);

#endif
