/* The findings that recordings had when they were merged, as findings of a report: their words, and
 * how many recordings had them. Of those with one fingerprint, the surest confidence is told. */
#ifndef UNKNOT_SUITE_SUITE_TOLD_H
#define UNKNOT_SUITE_SUITE_TOLD_H

#include "analyzer/report/format.h"
#include "analyzer/suite/suite.h"

/* Puts them before the findings of the suite's process. */
void suite_told_add(struct arena *arena, const struct suite *suite, struct report_process *process);

#endif
