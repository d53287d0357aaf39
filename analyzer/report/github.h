/* Workflow commands of GitHub Actions: one line for each finding, which GitHub shows beside the
 * source line. Nothing for a clean run. */
#ifndef UNKNOT_REPORT_GITHUB_H
#define UNKNOT_REPORT_GITHUB_H

#include "analyzer/report/results.h"

void github_write(FILE *out, const struct report *report);
void github_write_results(FILE *out, const struct results *results);

#endif
