/* The machine code of recorded modules, read from their files: never from one that was changed
 * since (by its build-id), or for another processor. One reader serves a report; not thread-safe.
 * A file stays open and mapped until caller_code_free. */
#ifndef UNKNOT_MISUSE_CALLER_CODE_H
#define UNKNOT_MISUSE_CALLER_CODE_H

#include <stdbool.h>
#include "analyzer/misuse/result_use.h"
#include "analyzer/model/execution.h"

struct caller_code;

struct caller_code *caller_code_create(struct arena *arena);
void caller_code_free(struct caller_code *reader);

/* The segment that holds the place, and its address there. False: it cannot be read here. */
__attribute__((warn_unused_result)) bool caller_code_find(struct caller_code *reader,
                                                          const struct execution *execution,
                                                          trace_code_t place, struct code *code,
                                                          uint64_t *address);

#endif
