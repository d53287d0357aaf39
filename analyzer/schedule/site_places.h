/* Where in the program the sites of a recording's trace are: a site is a call stack, its place the
 * call itself, whoever called the function that it is in. Linear in events and stacks. */
#ifndef UNKNOT_SCHEDULE_SITE_PLACES_H
#define UNKNOT_SCHEDULE_SITE_PLACES_H

#include "analyzer/model/execution.h"
#include "analyzer/schedule/sync_trace.h"

/* By site: a number for its innermost frame, 0 if that is not known. */
const uint32_t *site_places_make(struct arena *arena, const struct execution *execution,
                                 const struct sync_trace *trace);

#endif
