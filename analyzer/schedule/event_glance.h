/* A first look at a recording's events, before they are put in order: is there anything to look for
 * but circles of locks? One pass, without memory. */
#ifndef UNKNOT_SCHEDULE_EVENT_GLANCE_H
#define UNKNOT_SCHEDULE_EVENT_GLANCE_H

#include <stdbool.h>
#include "analyzer/base/arena.h"
#include "trace/reader.h"

/* Somebody waited for a semaphore, a condition or a barrier, or there is a lock whose readers queue
 * behind writers: only then can there be a wait under a lock or a reading behind a writer
 * (wait_finding.h). */
bool event_glance_has_waits(struct arena *arena, const struct trace_reader *reader);

#endif
