/* Traces in words, for tests: "0 lock A; 0 lock B; 0 unlock B; 0 unlock A; 1 lock B; ...".
 *
 * A statement is a thread's number, a verb (micro_verbs.def), and its objects by any names. Objects
 * are what the verb they first come with makes them; before that, "queue L" declares a rwlock whose
 * readers queue, "sem S 2" a semaphore and its value, "barrier B 3" a barrier and its parties ("?":
 * unknown). The objects of fork, begin, end and join are threads, by their numbers. */
#ifndef TESTS_RANDOM_TRACES_MICRO_TRACE_H
#define TESTS_RANDOM_TRACES_MICRO_TRACE_H

#include <stdbool.h>
#include "tests/random_traces/trace_builder.h"

/* Aborts, with the statement, if there is something in it that it does not know. */
void micro_trace_build(struct trace_builder *builder, const char *text);

#endif
