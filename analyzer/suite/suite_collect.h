/* From a recording to a suite: the classes of its locks, its dependencies by class, and what its
 * own analysis found.
 *
 * The class of a static lock is the variable: its name and where it is defined, or its place in the
 * file with this build-id; that of another one its kind and the innermost frames of the stack that
 * initialised it, as far as they lie in one file. A class stands for one lock if it is static, or
 * if all locks of the recording are known and this one alone is of it; else it is of many. A lock
 * nobody was seen to initialise, on a stack, or shared between processes, is always one of many.
 * The ends of threads take no part.
 *
 * Cost: linear in the dependencies; looks up each static lock that occurs in one by symbol. What it
 * needs meanwhile lies in `scratch`. */
#ifndef UNKNOT_SUITE_SUITE_COLLECT_H
#define UNKNOT_SUITE_SUITE_COLLECT_H

#include "analyzer/report/format.h"
#include "analyzer/suite/suite.h"

/* Adds the dependencies of a process's own execution; returns the recording's row. */
uint32_t suite_collect_execution(struct suite *suite, struct arena *scratch,
                                 struct symbolizer *symbolizer, const struct execution *execution);

/* suite_ring of the classes of a cycle that was found in the execution; "" for any other finding.
 * Adds them if they are new. */
const char *suite_collect_ring(struct suite *suite, struct arena *scratch,
                               struct symbolizer *symbolizer, const struct execution *execution,
                               const struct finding *finding);

/* Adds the findings that the report has of its process `index`, whose row is `recording`. */
void suite_collect_findings(struct suite *suite, const struct report *report, size_t index,
                            uint32_t recording);

#endif
