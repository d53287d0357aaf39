/* What a thread does in a schedule, in words. */
#ifndef UNKNOT_REPORT_WITNESS_WORDS_H
#define UNKNOT_REPORT_WITNESS_WORDS_H

#include "analyzer/model/finding.h"
#include "analyzer/report/name.h"

/* "takes L1", "creates T2"; not escaped. */
const char *witness_event_text(struct arena *arena, struct names *names,
                               const struct execution *execution,
                               const struct witness_event *event);

#endif
