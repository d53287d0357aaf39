/* Misuse of locks, and hazards: from what the shim recorded to findings.
 *
 * What is wrong whatever the program did with the result is a finding as it is. What the call
 * itself reported by an error is one only if the program did not look at the error, which the code
 * of its callers tells; where that cannot be told, it is none, and counted. Not thread-safe. */
#ifndef UNKNOT_MISUSE_MISUSE_H
#define UNKNOT_MISUSE_MISUSE_H

#include "analyzer/misuse/caller_code.h"
#include "analyzer/model/finding.h"

/* Adds the findings of one process's own execution to the analysis. */
void misuse_analyze(struct arena *arena, struct caller_code *reader,
                    const struct execution *execution, struct analysis *analysis);

#endif
