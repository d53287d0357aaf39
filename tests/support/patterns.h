/* All patterns of a small trace, by trying: for tests. */
#ifndef TESTS_SUPPORT_PATTERNS_H
#define TESTS_SUPPORT_PATTERNS_H

#include "analyzer/schedule/abstract_request.h"

#define PATTERN_LENGTH_MAX 8

typedef void pattern_visit(void *context, const struct abstract_request *const *pattern,
                           size_t count);

/* Visits each circle of requests by different threads on different locks without a common gate,
 * none with a time limit, from its first request on. */
void patterns_visit(const struct abstract_requests *requests, pattern_visit *visit, void *context);

#endif
