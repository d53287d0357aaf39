/* The order in which a suite takes its locks, as a file for --order (report/order_file.h): one line
 * for each two labels that are taken in one order only, sorted so that what comes first stands
 * first. Labels that are taken in a circle have no order: comments name them. Requests that only
 * try or give up count for nothing. Linear in the dependencies, but for sorting. */
#ifndef UNKNOT_SUITE_SUITE_ORDER_H
#define UNKNOT_SUITE_SUITE_ORDER_H

#include <stdio.h>
#include "analyzer/suite/suite.h"

/* The suite is finished. Allocates from its arena. */
void suite_order_write(FILE *out, const struct suite *suite);

#endif
