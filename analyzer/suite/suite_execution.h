/* A suite as an execution: see suite_cycles.h. For that alone. */
#ifndef UNKNOT_SUITE_SUITE_EXECUTION_H
#define UNKNOT_SUITE_SUITE_EXECUTION_H

#include "analyzer/model/execution.h"
#include "analyzer/suite/suite.h"

/* Dependency i is that of row i of SUITE_DEPENDENCY. */
void suite_execution_make(struct arena *arena, const struct suite *suite,
                          struct execution *execution);

#endif
