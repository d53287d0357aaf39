/* JUnit's XML, as CI servers read it: a suite for each program that was recorded, in it a failed
 * test case for each finding, or one that passed. What could not be analysed is an error of a suite
 * of its own. */
#ifndef UNKNOT_REPORT_JUNIT_H
#define UNKNOT_REPORT_JUNIT_H

#include "analyzer/report/results.h"

void junit_write(FILE *out, const struct report *report);
void junit_write_results(FILE *out, const struct results *results);

#endif
