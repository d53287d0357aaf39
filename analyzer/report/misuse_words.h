/* What a report calls a misuse and the object it is about. Not yet escaped for an output. */
#ifndef UNKNOT_REPORT_MISUSE_WORDS_H
#define UNKNOT_REPORT_MISUSE_WORDS_H

#include "analyzer/report/format.h"

/* "lock_a", "condition created at f (file.c:12)", "a mutex" */
const char *misuse_object_name(const struct report *report, const struct finding *finding);

/* "pthread_mutex_unlock of lock_a: a lock is released that nobody holds" */
const char *misuse_title(const struct report *report, const struct finding *finding);

/* "it returned 22 (Invalid argument)"; only where there is a result. */
const char *misuse_error(const struct report *report, const struct trace_misuse *misuse);

/* "SIGUSR1": of a hazard, whose signal; else NULL. */
const char *misuse_signal(const struct report *report, const struct trace_misuse *misuse);

/* Where the object was created; 0 unless the record says so. */
uint32_t misuse_birth_stack(const struct trace_misuse *misuse);

#endif
