/* What is found out of a trace as it goes by, held against what is with all of it in memory. */
#ifndef TESTS_RANDOM_TRACES_COLLECTED_H
#define TESTS_RANDOM_TRACES_COLLECTED_H

#include "analyzer/schedule/abstract_request.h"

/* The dependencies of the execution are the requests, one for each segment, with where they were
 * made first. NULL, or what is wrong. */
const char *collected_check(struct arena *arena, const struct abstract_requests *requests);

#endif
